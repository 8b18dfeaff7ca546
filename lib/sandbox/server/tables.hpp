// SPDX-License-Identifier: Apache-2.0
// meta.k8s.io/v1 Table: the columns that `kubectl get` shows (pkg/printers/internalversion).
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "sandbox/api/registry.hpp"

#include <vector>

namespace kforge::sandbox {

enum class IncludeObject { none, metadata, object };

// A Table of the objects. Columns of a kind without its own are NAME and AGE.
Json table_of(const Resource& resource, const std::vector<const Json*>& objects, const std::string& resource_version,
              WallTime now, IncludeObject include);
// A PartialObjectMetadata of an object.
Json metadata_only(const Json& object);

// "5d", "3m12s" as kubectl prints ages (apimachinery/pkg/util/duration).
std::string human_age(const std::string& since, WallTime now);

}  // namespace kforge::sandbox
