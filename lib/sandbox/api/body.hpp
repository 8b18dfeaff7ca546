// SPDX-License-Identifier: Apache-2.0
// Decoding of request bodies: kind and version, unknown fields, types.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/api.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

// The object in a body that must be of a kind. Throws Refusal (400).
Json parse_body(std::string_view kind, const std::string& body);
// The same for `Content-Type: application/yaml` and for apply configurations.
Json parse_yaml_body(const std::string& body);
// What Go's decoder says of a text that is not JSON.
std::string json_complaint(std::string_view text);

// Checks that the object is of the resource and names what the URL names (filling what was left out). Throws Refusal
// (400).
void check_identity(const Resource& resource, const Target& target, Json& object);

// What check_fields() refuses, in the decoder's words; empty when it refuses nothing.
std::string decoding_problem(const Resource& resource, Json& object, FieldValidation validation,
                             std::vector<std::string>& warnings);

// Removes fields that the schema does not know and says so by the chosen strictness: strict refuses (400), warn adds
// warnings. A value of the wrong type is always refused. Custom resources pass as they are.
void check_fields(const Resource& resource, Json& object, FieldValidation validation,
                  std::vector<std::string>& warnings);

}  // namespace kforge::sandbox
