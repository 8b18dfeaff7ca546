// SPDX-License-Identifier: Apache-2.0
#include "yaml/core_schema.hpp"

#include "base/diagnostics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kforge::yaml {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_octal_digit(char c) {
  return c >= '0' && c <= '7';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_sign(char c) {
  return c == '+' || c == '-';
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, text) != words.end();
}

constexpr std::array<std::string_view, 5> null_words{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 6> boolean_words{"true", "True", "TRUE", "false", "False", "FALSE"};
constexpr std::array<std::string_view, 6> not_finite_words{".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
// Besides the YAML 1.2 ones; any capitalisation counts, because readers differ.
constexpr std::array<std::string_view, 10> yaml_1_1_words{"y",   "n",    "yes",   "no",   "on",
                                                          "off", "true", "false", "null", "nan"};

bool is_integer(std::string_view text) {
  if (text.starts_with("0o")) return text.size() > 2 && std::ranges::all_of(text.substr(2), is_octal_digit);
  if (text.starts_with("0x")) return text.size() > 2 && std::ranges::all_of(text.substr(2), is_hex_digit);
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::size_t leading_digits(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  std::size_t digits = leading_digits(text);
  text.remove_prefix(digits);
  if (text.starts_with('.')) {
    const std::size_t fraction = leading_digits(text.substr(1));
    text.remove_prefix(1 + fraction);
    digits += fraction;
  }
  if (digits == 0) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_not_finite(std::string_view text) {
  if (text.size() < 4 || text.size() > 5) return false;
  if (is_one_of(text, not_finite_words)) return true;
  return text.size() == 5 && is_sign(text.front()) && std::string_view("iI").find(text[2]) != std::string_view::npos &&
         is_one_of(text.substr(1), not_finite_words);
}

bool starts_like_a_number(std::string_view text) {
  if (is_digit(text.front())) return true;
  return text.size() > 1 && (is_sign(text.front()) || text.front() == '.') && (is_digit(text[1]) || text[1] == '.');
}

// Every character that a number, a sexagesimal or a timestamp of YAML 1.1 may have.
bool is_of_a_number(char c) {
  return is_hex_digit(c) || is_sign(c) || std::string_view("_.:xXoOtTzZ ").find(c) != std::string_view::npos;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

[[noreturn]] void refuse(const Node& node, std::string_view reason) {
  Diagnostics problems;
  problems.error(node.place(), fmt::format("the number '{}' {}", node.scalar, reason));
  throw InvalidInput(std::move(problems));
}

template <class Number>
bool read_integer(std::string_view digits, int base, Number& value) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return error == std::errc{} && end == digits.data() + digits.size();
}

Json integer_value(const Node& node) {
  std::string_view text = node.scalar;
  int base = 10;
  if (text.starts_with("0o")) base = 8;
  if (text.starts_with("0x")) base = 16;
  if (base != 10) text.remove_prefix(2);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t whole = 0;
  std::uint64_t natural = 0;
  if (read_integer(text, base, whole)) return whole;
  if (read_integer(text, base, natural)) return natural;
  refuse(node, "does not fit into 64 bits");
}

Json decimal_value(const Node& node) {
  std::string_view text = node.scalar;
  if (is_not_finite(text)) refuse(node, "has no form in JSON");
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) refuse(node, "is out of range");
  return value;
}

}  // namespace

Type type_of_plain(std::string_view text) {
  if (is_one_of(text, null_words)) return Type::null;
  if (is_one_of(text, boolean_words)) return Type::boolean;
  if (is_integer(text)) return Type::integer;
  if (is_decimal(text) || is_not_finite(text)) return Type::number;
  return Type::string;
}

bool looks_like_another_type(std::string_view text) {
  if (text.empty() || text == "~" || text == "=" || text == "<<") return true;
  // Most strings are done here: every word below begins with one of these letters.
  if (text.size() <= 5 && std::string_view("yntfoYNTFO").find(text.front()) != std::string_view::npos)
    return std::ranges::any_of(yaml_1_1_words, [&](std::string_view word) { return equals_ignoring_case(text, word); });
  if (!starts_like_a_number(text)) return is_not_finite(text);
  return is_not_finite(text) || std::ranges::all_of(text, is_of_a_number);
}

Json value_of_scalar(const Node& node) {
  switch (node.type) {
    case Type::null:
      return nullptr;
    case Type::boolean:
      return node.scalar.front() == 't' || node.scalar.front() == 'T';
    case Type::integer:
      return integer_value(node);
    case Type::number:
      return decimal_value(node);
    case Type::string:
    case Type::sequence:
    case Type::mapping:
      break;
  }
  return node.scalar;
}

}  // namespace kforge::yaml
