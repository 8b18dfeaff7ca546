// SPDX-License-Identifier: Apache-2.0
// /openapi/v2, which kubectl still reads to check a List of objects before it applies them.
#pragma once

#include "base/json.hpp"

#include <string>

namespace kforge::sandbox {

// What clients ask for, and what is sent: an @ is not allowed in a media type.
inline constexpr const char* openapi_v2_accepted_type = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
inline constexpr const char* openapi_v2_protobuf_type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

// The Swagger 2.0 document with the schemas of an OpenAPI 3 one (its `components.schemas`) as definitions; no paths.
Json openapi_v2(const Json& schemas);
// The same in the message openapi.v2.Document (gnostic-models, OpenAPIv2.proto).
std::string openapi_v2_protobuf(const Json& document);

}  // namespace kforge::sandbox
