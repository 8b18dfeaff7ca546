// SPDX-License-Identifier: Apache-2.0
// Decoding of request bodies: kind and version, unknown fields, types.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/api.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

// The JSON of a body. Throws Refusal (400).
Json parse_body(const std::string& body);

// Checks that the object is of the resource and names what the URL names (filling what was left out). Throws Refusal
// (400).
void check_identity(const Resource& resource, const Target& target, Json& object);

// Removes fields that the schema does not know and says so by the chosen strictness: strict refuses (400), warn adds
// warnings. A value of the wrong type is always refused. Custom resources pass as they are.
void check_fields(const Resource& resource, Json& object, FieldValidation validation,
                  std::vector<std::string>& warnings);

}  // namespace kforge::sandbox
