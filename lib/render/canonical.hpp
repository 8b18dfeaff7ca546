// SPDX-License-Identifier: Apache-2.0
// Objects that people wrote, in the form in which an API server stores them, so that they can be compared with live
// ones.
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <string>
#include <vector>

namespace kforge::render {

// Quantities in their stored spelling, stringData of a Secret as data, status and the fields that only a server sets
// removed. `kind` may be null (custom resources).
void canonicalize(const schema::Kind* kind, Json& object);

// Lists of the object in which two items have the same merge keys, which server-side apply refuses:
// "spec.template.spec.containers[0].env has two items with name 'A'".
std::vector<std::string> repeated_items(const schema::Kind* kind, const Json& object);

}  // namespace kforge::render
