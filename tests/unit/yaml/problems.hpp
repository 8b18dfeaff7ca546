// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostics.hpp"
#include "yaml/node.hpp"

#include <string>
#include <vector>

namespace kforge::tests {

// Every problem of a text as "line:column message", or {} when it parses.
inline std::vector<std::string> problems_of(const std::string& text, const yaml::Limits& limits = {}) {
  try {
    yaml::parse_all("f.yaml", text, limits);
  } catch (const InvalidInput& invalid) {
    std::vector<std::string> found;
    for (const Diagnostic& item : invalid.diagnostics.all())
      found.push_back(std::to_string(item.place.line) + ":" + std::to_string(item.place.column) + " " + item.message);
    return found;
  }
  return {};
}

}  // namespace kforge::tests
