// SPDX-License-Identifier: Apache-2.0
#include "deploy/names.hpp"

namespace kforge::deploy {

std::string name_without_hash(const std::string& name) {
  constexpr std::size_t digits = 8;
  if (name.size() < digits + 2 || name[name.size() - digits - 1] != '-') return {};
  const bool hash = name.find_first_not_of("0123456789abcdef", name.size() - digits) == std::string::npos;
  return hash ? name.substr(0, name.size() - digits - 1) : std::string();
}

}  // namespace kforge::deploy
