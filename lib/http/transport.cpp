// SPDX-License-Identifier: Apache-2.0
#include "http/transport.hpp"

namespace kforge::http {

std::string_view Response::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

}  // namespace kforge::http
