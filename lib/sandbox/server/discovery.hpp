// SPDX-License-Identifier: Apache-2.0
// What the server serves: legacy and aggregated discovery, the version document.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::sandbox {

struct DiscoveryAnswer {
  Json body;
  std::string content_type = "application/json";
};

// /api, /apis, /api/v1, /apis/G and /apis/G/V; empty for other paths. `accept` chooses the aggregated form; `host` is
// where the client reached the server.
std::optional<DiscoveryAnswer> discovery(const Registry& registry, const std::vector<std::string>& segments,
                                         std::string_view accept, std::string_view host);
// /version: the version of the schema table's control plane, marked as a sandbox.
Json version_document(std::string_view kubernetes_version);

}  // namespace kforge::sandbox
