// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/http_date.hpp"

#include <array>
#include <ctime>

namespace kforge::sandbox {

std::string http_date(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace kforge::sandbox
