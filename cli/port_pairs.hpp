// SPDX-License-Identifier: Apache-2.0
// Ports as `port-forward` takes them.
#pragma once

#include <string>
#include <string_view>

namespace kforge::cli {

struct PortPair {
  int local = 0;   // 0: any free one
  int remote = 0;  // 0: the service's first port
};
// "8000", "5000:8000", ":8000". Throws Error{usage}.
PortPair parse_port_pair(std::string_view text);

}  // namespace kforge::cli
