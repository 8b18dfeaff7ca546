// SPDX-License-Identifier: Apache-2.0
// /openapi/v3 out of the schema table, as far as kubectl needs it for apply, diff and explain.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

// The index, or the document of one group and version; empty for other paths.
std::optional<Json> openapi(const Registry& registry, const std::vector<std::string>& segments);

// The schemas of all documents together, by name.
Json openapi_schemas(const Registry& registry);

}  // namespace kforge::sandbox
