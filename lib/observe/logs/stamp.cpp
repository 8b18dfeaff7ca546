// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/stamp.hpp"

#include "base/duration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace kforge::observe {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::size_t fraction_start = 19;  // behind "2026-01-02T03:04:05"

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "Z" or "+02:00"; 0 when it is neither.
std::size_t zone_length(std::string_view rest) {
  if (rest.empty()) return 0;
  if (rest.front() == 'Z') return 1;
  return (rest.front() == '+' || rest.front() == '-') && rest.size() >= 6 ? 6 : 0;
}

// ".123" as nanoseconds; advances `at` behind it.
std::int64_t fraction_of(std::string_view line, std::size_t& at) {
  if (at >= line.size() || line[at] != '.') return 0;
  std::int64_t value = 0, scale = ns_per_second;
  for (++at; at < line.size() && is_digit(line[at]); ++at)
    if (scale > 1) {
      value = value * 10 + (line[at] - '0');
      scale /= 10;
    }
  return value * scale;
}

}  // namespace

bool StampReader::learn_minute(std::string_view minute, std::string_view zone) {
  const std::optional<WallTime> time = parse_rfc3339(fmt::format("{}00{}", minute, zone));
  if (!time) return false;
  std::copy(minute.begin(), minute.end(), minute_.begin());
  std::copy(zone.begin(), zone.end(), zone_.begin());
  zone_length_ = zone.size();
  minute_ns_ = time->time_since_epoch().count() * 1000;
  return true;
}

std::optional<Stamp> StampReader::read(std::string_view line) {
  if (line.size() <= fraction_start || !is_digit(line[17]) || !is_digit(line[18])) return std::nullopt;
  std::size_t at = fraction_start;
  const std::int64_t fraction = fraction_of(line, at);
  const std::string_view zone = line.substr(at, zone_length(line.substr(at)));
  const std::size_t end = at + zone.size();
  if (zone.empty() || (end < line.size() && line[end] != ' ')) return std::nullopt;
  const bool known = zone.size() == zone_length_ && std::memcmp(zone.data(), zone_.data(), zone.size()) == 0 &&
                     std::memcmp(line.data(), minute_.data(), minute_length) == 0;
  if (!known && !learn_minute(line.substr(0, minute_length), zone)) return std::nullopt;
  const std::int64_t seconds = (line[17] - '0') * 10 + (line[18] - '0');
  return Stamp{minute_ns_ + seconds * ns_per_second + fraction, end};
}

}  // namespace kforge::observe
