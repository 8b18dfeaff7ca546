// SPDX-License-Identifier: Apache-2.0
// Kinds that the table does not have: mistyped, outdated, or custom resources.
#pragma once

#include "base/diagnostics.hpp"
#include "schema/schema.hpp"
#include "yaml/node.hpp"

namespace kforge::schema {

enum class KindVerdict { wrong, custom_resource };

// A built-in group has no other kinds than the table's, but for previews (alpha and beta versions) of newer groups,
// which get a warning; custom groups have a dot in their name. `name` is not in the table; `object` has apiVersion and
// kind.
KindVerdict check_unknown_kind(const Table& table, const KindName& name, const yaml::Node& object,
                               Diagnostics& problems);

}  // namespace kforge::schema
