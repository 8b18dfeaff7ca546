// SPDX-License-Identifier: Apache-2.0
// The four kinds of PATCH.
#pragma once

#include "sandbox/api/writes.hpp"

#include <string>

namespace kforge::sandbox {

// The object after a merge, strategic merge or JSON patch. Throws Refusal (400, 415, 422).
Json patched(const schema::Kind* kind, PatchType type, const Json& object, const std::string& body);

// Server-side apply: creates or merges. `before` is null when the object does not exist.
Outcome apply_patch(WriteScope& scope, const Target& target, const Json* before, const std::string& body,
                    const WriteOptions& options);

}  // namespace kforge::sandbox
