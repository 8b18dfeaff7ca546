// SPDX-License-Identifier: Apache-2.0
// Offline validation of Kubernetes objects that a user wrote.
#pragma once

#include "base/diagnostics.hpp"
#include "schema/schema.hpp"
#include "yaml/node.hpp"

#include <vector>

namespace kforge::schema {

// A patch (strategic merge) may leave out required fields, delete with null, and use $patch, $retainKeys,
// $setElementOrder and $deleteFromPrimitiveList.
enum class Completeness { whole_object, patch };

// Adds a problem for every unknown field (with did-you-mean), wrong type, bad quantity, time or base64, unknown enum
// value, missing required field and repeated list item, at its place; and for a kind that the API does not have. Of
// kinds in groups that the table does not know (custom resources) only metadata is checked. Items of a v1 List are
// checked one by one. No value is quoted that could be a secret.
void validate(const Table& table, const yaml::Node& object, Completeness completeness, Diagnostics& problems);

// The same for an object, or a patch of one, whose kind is known from elsewhere.
void validate(const Kind& kind, const yaml::Node& object, Completeness completeness, Diagnostics& problems);

}  // namespace kforge::schema
