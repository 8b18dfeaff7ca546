// SPDX-License-Identifier: Apache-2.0
// The environment variables as a value captured once at start: nothing below cli/ calls getenv().
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kforge {

struct Environment {
  std::map<std::string, std::string, std::less<>> variables;
  std::string working_directory;

  static Environment from_process();
  // The value, or empty when unset. An empty value counts as set.
  std::optional<std::string> get(std::string_view name) const;
  std::string get_or(std::string_view name, std::string_view fallback) const;
  // Set and not empty.
  bool has(std::string_view name) const;
};

}  // namespace kforge
