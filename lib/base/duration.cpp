// SPDX-License-Identifier: Apache-2.0
#include "base/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace kforge {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t longest = std::int64_t{1000} * 365 * 86'400'000;

std::optional<std::int64_t> unit_length(std::string_view name) {
  for (const auto& [unit, length] : units)
    if (unit == name) return length;
  return std::nullopt;
}

// Reads `digits` decimal digits at `at`; advances it.
std::optional<int> fixed_number(std::string_view text, std::size_t& at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[at + i];
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  at += digits;
  return number;
}

bool literal(std::string_view text, std::size_t& at, std::string_view choices) {
  if (at >= text.size() || choices.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

std::optional<WallTime> compose(int year, int month, int day, std::chrono::seconds of_day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || of_day.count() < 0 || of_day > std::chrono::hours(24)) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + of_day;
}

// ".123456789" as microseconds.
std::optional<microseconds> fraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return microseconds{0};
  ++at;
  std::int64_t value = 0, scale = 100'000;
  const std::size_t first = at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) value += (text[at] - '0') * scale;
  if (at == first) return std::nullopt;
  return microseconds{value};
}

// "Z" or "+02:00" as seconds east of UTC.
std::optional<std::chrono::seconds> zone(std::string_view text, std::size_t& at) {
  if (literal(text, at, "Zz")) return std::chrono::seconds{0};
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
  const int sign = text[at++] == '+' ? 1 : -1;
  const auto hours = fixed_number(text, at, 2);
  if (!hours || !literal(text, at, ":")) return std::nullopt;
  const auto minutes = fixed_number(text, at, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::seconds{sign * (*hours * 3600 + *minutes * 60)};
}

std::optional<std::chrono::seconds> clock_time(std::string_view text, std::size_t& at) {
  const auto hours = fixed_number(text, at, 2);
  if (!hours || !literal(text, at, ":")) return std::nullopt;
  const auto minutes = fixed_number(text, at, 2);
  if (!minutes || !literal(text, at, ":")) return std::nullopt;
  const auto seconds = fixed_number(text, at, 2);
  if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  return std::chrono::seconds{*hours * 3600 + *minutes * 60 + *seconds};
}

struct Broken {
  std::chrono::year_month_day date;
  std::int64_t hour, minute, second, micro;
};

Broken broken_down(WallTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::int64_t micros = (time - days).count();
  return {std::chrono::year_month_day(days), micros / 3'600'000'000, micros / 60'000'000 % 60, micros / 1'000'000 % 60,
          micros % 1'000'000};
}

std::string date_and_time(const Broken& parts) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(parts.date.year()),
                     static_cast<unsigned>(parts.date.month()), static_cast<unsigned>(parts.date.day()), parts.hour,
                     parts.minute, parts.second);
}

}  // namespace

std::optional<Milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto [after, failure] = std::from_chars(at, end, number);
    if (failure != std::errc{} || number < 0 || *at == '-') return std::nullopt;
    const char* unit_end = after;
    while (unit_end != end && (*unit_end < '0' || *unit_end > '9')) ++unit_end;
    const std::string_view unit(after, static_cast<std::size_t>(unit_end - after));
    const auto length =
        unit.empty() && total == 0 && unit_end == end ? std::optional<std::int64_t>(1000) : unit_length(unit);
    if (!length || number > longest / *length) return std::nullopt;
    total += number * *length;
    if (total > longest) return std::nullopt;
    at = unit_end;
  }
  return Milliseconds{total};
}

std::string format_duration(Milliseconds length) {
  const std::int64_t ms = length.count();
  if (ms < 0) return "0s";
  if (ms < 10'000) return fmt::format("{}.{}s", ms / 1000, ms / 100 % 10);
  const std::int64_t seconds = ms / 1000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600)
    return seconds % 60 == 0 ? fmt::format("{}m", seconds / 60) : fmt::format("{}m{}s", seconds / 60, seconds % 60);
  const std::int64_t minutes = seconds / 60;
  if (minutes < 24 * 60)
    return minutes % 60 == 0 ? fmt::format("{}h", minutes / 60) : fmt::format("{}h{}m", minutes / 60, minutes % 60);
  const std::int64_t hours = minutes / 60;
  if (hours < 10 * 24 && hours % 24 != 0) return fmt::format("{}d{}h", hours / 24, hours % 24);
  return fmt::format("{}d", hours / 24);
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const auto year = fixed_number(text, at, 4);
  if (!year || !literal(text, at, "-")) return std::nullopt;
  const auto month = fixed_number(text, at, 2);
  if (!month || !literal(text, at, "-")) return std::nullopt;
  const auto day = fixed_number(text, at, 2);
  if (!day || !literal(text, at, "Tt ")) return std::nullopt;
  const auto of_day = clock_time(text, at);
  if (!of_day) return std::nullopt;
  const auto micros = fraction(text, at);
  if (!micros) return std::nullopt;
  const auto offset = zone(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  const auto time = compose(*year, *month, *day, *of_day);
  if (!time) return std::nullopt;
  return *time + *micros - *offset;
}

std::string format_rfc3339(WallTime time) {
  return date_and_time(broken_down(time)) + "Z";
}

std::string format_rfc3339_micro(WallTime time) {
  const Broken parts = broken_down(time);
  return fmt::format("{}.{:06}Z", date_and_time(parts), parts.micro);
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::size_t at = text.find(", ");  // the day's name says nothing new
  if (at == std::string_view::npos) return std::nullopt;
  at += 2;
  const auto day = fixed_number(text, at, 2);
  if (!day || !literal(text, at, " ") || at + 3 > text.size()) return std::nullopt;
  const std::size_t month = months.find(text.substr(at, 3));
  at += 3;
  if (month == std::string_view::npos || month % 3 != 0 || !literal(text, at, " ")) return std::nullopt;
  const auto year = fixed_number(text, at, 4);
  if (!year || !literal(text, at, " ")) return std::nullopt;
  const auto of_day = clock_time(text, at);
  if (!of_day || text.substr(at) != " GMT") return std::nullopt;
  return compose(*year, static_cast<int>(month / 3) + 1, *day, *of_day);
}

}  // namespace kforge
