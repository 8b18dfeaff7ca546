// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/transport.hpp"

#include <string>
#include <vector>

namespace kforge::kube {

// The texts of `Warning: 299 agent "text" ["date"]` headers (RFC 9111 §5.5). What is malformed, has another code, is
// empty, or holds control characters is left out.
std::vector<std::string> warnings_of(const http::Headers& headers);

}  // namespace kforge::kube
