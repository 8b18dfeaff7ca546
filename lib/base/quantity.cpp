// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace kforge {
namespace {

constexpr Int128 one = 1'000'000'000;
// The largest magnitude that Kubernetes keeps exactly: 2^63 - 1.
constexpr Int128 largest = Int128{INT64_MAX} * one;

struct Suffix {
  std::string_view text;
  int power;  // of 10, or of 1024
};
constexpr std::array<Suffix, 10> decimal_suffixes{
    {{"n", -9}, {"u", -6}, {"m", -3}, {"", 0}, {"k", 3}, {"M", 6}, {"G", 9}, {"T", 12}, {"P", 15}, {"E", 18}}};
constexpr std::array<Suffix, 6> binary_suffixes{{{"Ki", 1}, {"Mi", 2}, {"Gi", 3}, {"Ti", 4}, {"Pi", 5}, {"Ei", 6}}};

Int128 power(int base, int exponent) {
  Int128 value = 1;
  for (int i = 0; i < exponent; ++i) value *= base;
  return value;
}

// "12.5" as digits without the point and the number of digits behind it; empty when it is no number.
struct Decimal {
  Int128 digits = 0;
  int behind_point = 0;
};
std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  bool point = false;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    any = true;
    if (number.digits > largest) return std::nullopt;
    number.digits = number.digits * 10 + (c - '0');
    number.behind_point += point ? 1 : 0;
  }
  if (!any) return std::nullopt;
  return number;
}

// digits * factor / 10^shift in units of 1e-9, rounded up as Kubernetes does; empty when it is too large.
std::optional<Int128> scaled(Decimal number, Int128 factor, int exponent) {
  int shift = exponent + 9 - number.behind_point;
  Int128 value = number.digits;
  if (value != 0 && factor > largest / value) return std::nullopt;
  value *= factor;
  for (; shift > 0; --shift) {
    if (value > largest) return std::nullopt;
    value *= 10;
  }
  for (; shift < 0; ++shift) value = value / 10 + (value % 10 == 0 ? 0 : 1);
  return value > largest ? std::nullopt : std::optional(value);
}

std::string to_decimal_text(Int128 value) {
  if (value == 0) return "0";
  std::string digits;
  const bool negative = value < 0;
  for (Int128 rest = negative ? -value : value; rest > 0; rest /= 10)
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  if (negative) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::string decimal_text(Int128 nano) {
  if (nano == 0) return "0";
  for (auto suffix = decimal_suffixes.rbegin(); suffix != decimal_suffixes.rend(); ++suffix) {
    const Int128 unit = power(10, suffix->power + 9);
    if (nano % unit == 0) return to_decimal_text(nano / unit) + std::string(suffix->text);
  }
  return to_decimal_text(nano) + "n";
}

std::string exponent_text(Int128 nano) {
  int exponent = -9;
  while (nano != 0 && nano % 1000 == 0) {
    nano /= 1000;
    exponent += 3;
  }
  return exponent == 0 ? to_decimal_text(nano) : fmt::format("{}e{}", to_decimal_text(nano), exponent);
}

std::string binary_text(Int128 nano) {
  // Below 1024, or not whole: Kubernetes falls back to the decimal form.
  if (nano % one != 0 || (nano < 1024 * one && nano > -1024 * one)) return decimal_text(nano);
  const Int128 whole = nano / one;
  for (auto suffix = binary_suffixes.rbegin(); suffix != binary_suffixes.rend(); ++suffix)
    if (whole % power(1024, suffix->power) == 0)
      return to_decimal_text(whole / power(1024, suffix->power)) + std::string(suffix->text);
  return to_decimal_text(whole);
}

}  // namespace

std::optional<Quantity> Quantity::parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = read_decimal(text.substr(0, number_end));
  if (!number) return std::nullopt;
  const std::string_view suffix = text.substr(number_end);
  Quantity result;
  std::optional<Int128> nano;
  if (const auto* binary = std::ranges::find(binary_suffixes, suffix, &Suffix::text); binary != binary_suffixes.end()) {
    nano = scaled(*number, power(1024, binary->power), 0);
    result.format_ = Format::binary_si;
  } else if (const auto* decimal = std::ranges::find(decimal_suffixes, suffix, &Suffix::text);
             decimal != decimal_suffixes.end()) {
    nano = scaled(*number, 1, decimal->power);
  } else if (suffix.size() > 1 && (suffix[0] == 'e' || suffix[0] == 'E')) {
    int exponent = 0;
    const char* first = suffix.data() + (suffix[1] == '+' ? 2 : 1);
    const auto [end, failure] = std::from_chars(first, suffix.data() + suffix.size(), exponent);
    if (failure != std::errc{} || end != suffix.data() + suffix.size() || exponent < -30 || exponent > 30)
      return std::nullopt;
    nano = scaled(*number, 1, exponent);
    result.format_ = Format::decimal_exponent;
  }
  if (!nano) return std::nullopt;
  result.nano_ = negative ? -*nano : *nano;
  return result;
}

double Quantity::value() const {
  return static_cast<double>(nano_) / 1e9;
}

std::string Quantity::canonical() const {
  switch (format_) {
    case Format::binary_si:
      return binary_text(nano_);
    case Format::decimal_exponent:
      return exponent_text(nano_);
    case Format::decimal_si:
      break;
  }
  return decimal_text(nano_);
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 6> names{"B", "Ki", "Mi", "Gi", "Ti", "Pi"};
  std::size_t unit = 0;
  double value = static_cast<double>(bytes);
  for (; value >= 1024 && unit + 1 < names.size(); ++unit) value /= 1024;
  if (unit == 0) return fmt::format("{}B", bytes);
  return value < 10 && unit >= 3 ? fmt::format("{:.1f}{}", value, names[unit])
                                 : fmt::format("{:.0f}{}", value, names[unit]);
}

}  // namespace kforge
