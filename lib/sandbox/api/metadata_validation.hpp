// SPDX-License-Identifier: Apache-2.0
// What holds for the metadata of every kind (apimachinery/pkg/api/validation).
#pragma once

#include "sandbox/api/name_rules.hpp"
#include "sandbox/api/registry.hpp"

namespace kforge::sandbox {

FieldErrors validate_metadata(const Resource& resource, const Json& object);
// `after` as the client sent it, before the server puts its own fields back.
FieldErrors validate_metadata_change(const Json& before, const Json& after);
// Labels of a pod template and the like.
void check_labels(const Json& labels, const std::string& field, FieldErrors& errors);
void check_annotations(const Json& annotations, const std::string& field, FieldErrors& errors);

}  // namespace kforge::sandbox
