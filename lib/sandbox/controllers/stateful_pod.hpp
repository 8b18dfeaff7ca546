// SPDX-License-Identifier: Apache-2.0
// The pods and claims of a StatefulSet by ordinal (pkg/controller/statefulset/stateful_set_utils.go).
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

// "web-3" of StatefulSet "web" is 3; empty for any other name.
std::optional<std::int64_t> stateful_ordinal(const Json& set, const Json& pod);
std::vector<Json> stateful_claims(const Json& set, std::int64_t ordinal);
Json stateful_pod(const Json& set, const Json& pod_template, const std::string& revision, std::int64_t ordinal);

}  // namespace kforge::sandbox
