// SPDX-License-Identifier: Apache-2.0
// Protobuf bodies of typed Kubernetes clients (application/vnd.kubernetes.protobuf), as JSON. Answers stay JSON, which
// such clients accept as well.
#pragma once

#include "base/json.hpp"

#include <string_view>

namespace kforge::sandbox {

// Whether a body has the magic number of the envelope (apimachinery runtime/serializer/protobuf).
bool is_protobuf(std::string_view body);

// The object in an envelope. Throws Refusal (400) when it cannot be read, (415) when its kind has no known fields.
Json object_from_protobuf(std::string_view body);

}  // namespace kforge::sandbox
