// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace kforge::cli {

std::string OptionSpec::long_name() const {
  for (const std::string& name : split(names, ','))
    if (name.starts_with("--")) return name;
  return {};
}

std::string OptionSpec::short_name() const {
  for (const std::string& name : split(names, ','))
    if (!name.starts_with("--")) return name;
  return {};
}

std::string ArgumentSpec::usage() const {
  const std::string word = repeated() ? name + "..." : name;
  return required ? word : fmt::format("[{}]", word);
}

}  // namespace kforge::cli
