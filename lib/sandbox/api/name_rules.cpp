// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/name_rules.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

using Type = FieldError::Type;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_alphanumeric(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}
bool only(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) { return is_alphanumeric(c) || contains(others, {&c, 1}); });
}

// What a pattern asks for, with examples and the pattern itself.
struct Pattern {
  std::string_view demand;
  std::vector<std::string_view> examples;
  std::string_view regex;
};

std::string said(const Pattern& pattern) {
  std::string examples;
  for (const std::string_view example : pattern.examples)
    examples += fmt::format("{}'{}', ", examples.empty() ? "" : " or ", example);
  return fmt::format("{} (e.g. {}regex used for validation is '{}')", pattern.demand, examples, pattern.regex);
}

const Pattern& label_pattern() {
  static const Pattern pattern{
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
      "with an alphanumeric character",
      {"my-name", "123-abc"},
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?"};
  return pattern;
}
const Pattern& subdomain_pattern() {
  static const Pattern pattern{
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
      "and end with an alphanumeric character",
      {"example.com"},
      "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"};
  return pattern;
}
const Pattern& name_part_pattern() {
  static const Pattern pattern{
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
      "character",
      {"MyName", "my.name", "123-abc"},
      "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"};
  return pattern;
}
const Pattern& value_pattern() {
  static const Pattern pattern{
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
      "and end with an alphanumeric character",
      {"MyValue", "my_value", "12345"},
      "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"};
  return pattern;
}
const Pattern& config_key_pattern() {
  static const Pattern pattern{"a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                               {"key.name", "KEY_NAME", "key-name"},
                               "[-._a-zA-Z0-9]+"};
  return pattern;
}

// Alphanumeric at both ends, and some signs between.
bool is_name_part(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) && only(text, "-_.");
}

Complaints checked(bool fits, const Pattern& pattern, std::string_view text, std::size_t most) {
  Complaints complaints;
  if (text.size() > most) complaints.push_back(fmt::format("must be no more than {} characters", most));
  if (!fits) complaints.push_back(said(pattern));
  return complaints;
}

}  // namespace

Complaints dns_label_complaints(std::string_view text) {
  return checked(is_dns_label(text.substr(0, 63)), label_pattern(), text, 63);
}

Complaints dns_subdomain_complaints(std::string_view text) {
  const bool fits = std::ranges::all_of(split(text, '.'), [](const std::string& part) {
    return !part.empty() && part.front() != '-' && part.back() != '-' && only(part, "-") && to_lower(part) == part;
  });
  return checked(fits, subdomain_pattern(), text, 253);
}

Complaints path_segment_complaints(std::string_view text) {
  Complaints complaints;
  if (text == "." || text == "..") complaints.push_back(fmt::format("may not be '{}'", text));
  for (const char* sign : {"/", "%"})
    if (contains(text, sign)) complaints.push_back(fmt::format("may not contain '{}'", sign));
  return complaints;
}

Complaints label_key_complaints(std::string_view text) {
  const std::size_t slash = text.find('/');
  Complaints complaints;
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    if (prefix.empty())
      complaints.emplace_back("prefix part must be non-empty");
    else
      for (const std::string& complaint : dns_subdomain_complaints(prefix))
        complaints.push_back("prefix part " + complaint);
  }
  const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
  if (name.empty()) complaints.emplace_back("name part must be non-empty");
  if (name.size() > 63) complaints.emplace_back("name part must be no more than 63 characters");
  if (!is_name_part(name)) complaints.push_back(said(name_part_pattern()));
  return complaints;
}

Complaints label_value_complaints(std::string_view text) {
  return checked(text.empty() || is_name_part(text), value_pattern(), text, 63);
}

Complaints config_key_complaints(std::string_view text) {
  Complaints complaints = checked(!text.empty() && only(text, "-._"), config_key_pattern(), text, 253);
  if (text == ".") complaints.emplace_back("must not be '.'");
  if (text.starts_with("..")) complaints.emplace_back("must not start with '..'");
  return complaints;
}

// Since 1.34 any printable ASCII but "=" is a name.
Complaints variable_complaints(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '='; })) return {};
  return {"a valid environment variable name must consist only of printable ASCII characters other than '='"};
}

Complaints port_name_complaints(std::string_view text) {
  Complaints complaints;
  if (text.size() > 15) complaints.emplace_back("must be no more than 15 characters");
  if (text.empty() || !only(text, "-") || to_lower(text) != text)
    complaints.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (std::ranges::none_of(text, is_letter)) complaints.emplace_back("must contain at least one letter (a-z)");
  if (contains(text, "--")) complaints.emplace_back("must not contain consecutive hyphens");
  if (text.starts_with('-') || text.ends_with('-')) complaints.emplace_back("must not begin or end with a hyphen");
  return complaints;
}

void check_text(TextRule rule, std::string_view text, const std::string& field, FieldErrors& errors) {
  for (std::string& complaint : rule(text)) errors.push_back({Type::invalid, field, std::move(complaint), text});
}

void require_text(const Json& value, const std::string& field, FieldErrors& errors) {
  if (value.is_null() || value == "") errors.push_back({Type::required, field, "", nullptr});
}

void check_port_number(std::int64_t port, const std::string& field, FieldErrors& errors) {
  if (port < 1 || port > 65535)
    errors.push_back({Type::invalid, field, "must be between 1 and 65535, inclusive", port});
}

void check_port_number_or_name(const Json& port, const std::string& field, FieldErrors& errors) {
  if (port.is_string()) return check_text(port_name_complaints, port.get_ref<const std::string&>(), field, errors);
  check_port_number(port.is_number_integer() ? port.get<std::int64_t>() : 0, field, errors);
}

void check_supported(const std::string& value, std::initializer_list<std::string_view> supported,
                     const std::string& field, FieldErrors& errors) {
  if (std::ranges::find(supported, value) != supported.end()) return;
  std::vector<std::string> names;
  for (const std::string_view name : supported) names.push_back(fmt::format("\"{}\"", name));
  errors.push_back({Type::not_supported, field, "supported values: " + join(names, ", "), value});
}

void check_not_negative(const Json& object, std::initializer_list<std::string_view> path, FieldErrors& errors) {
  const Json& value = at_path(object, path);
  if (value.is_number_integer() && value.get<std::int64_t>() < 0)
    errors.push_back({Type::invalid, dotted(path), "must be greater than or equal to 0", value});
}

std::string dotted(std::initializer_list<std::string_view> path) {
  std::string field;
  for (const std::string_view part : path) field += (field.empty() ? "" : ".") + std::string(part);
  return field;
}

}  // namespace kforge::sandbox
