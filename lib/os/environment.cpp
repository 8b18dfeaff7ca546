// SPDX-License-Identifier: Apache-2.0
#include "os/environment.hpp"

#include <unistd.h>

#include <filesystem>

namespace kforge {

Environment Environment::from_process() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (const std::size_t equals = text.find('='); equals != std::string_view::npos)
      environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::error_code failure;
  environment.working_directory = std::filesystem::current_path(failure).string();
  return environment;
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  return get(name).value_or(std::string(fallback));
}

bool Environment::has(std::string_view name) const {
  const auto value = get(name);
  return value && !value->empty();
}

}  // namespace kforge
