// SPDX-License-Identifier: Apache-2.0
// Offline validation of Kubernetes objects that a user wrote.
#pragma once

#include "base/diagnostics.hpp"
#include "schema/schema.hpp"
#include "yaml/node.hpp"

#include <vector>

namespace kforge::schema {

enum class Completeness { whole_object, patch };  // a patch may leave out required fields

// Adds a problem for every unknown field (with did-you-mean), wrong type, bad quantity, unknown enum value and missing
// required field, at its place. A kind that the table does not know is accepted (custom resources).
void validate(const Table& table, const yaml::Node& object, Completeness completeness, Diagnostics& problems);

}  // namespace kforge::schema
