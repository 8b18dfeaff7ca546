// SPDX-License-Identifier: Apache-2.0
// Reading an object into the types of its schema, as Go's JSON decoder does it for the server.
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

struct Decoded {
  std::vector<std::string> unknown;  // paths of fields that were removed
  std::string problem;               // the first value that does not fit, in the decoder's words; empty when all do
};

// Removes fields that the type does not know and nulls, and brings quantities into their canonical form.
Decoded decode_fields(const schema::Type& type, std::string_view kind, Json& object);

}  // namespace kforge::sandbox
