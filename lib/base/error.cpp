// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <fmt/format.h>

namespace kforge {

std::string SourcePlace::to_string() const {
  if (!known()) return file;
  return fmt::format("{}:{}:{}", file, line, column);
}

}  // namespace kforge
