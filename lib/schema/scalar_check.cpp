// SPDX-License-Identifier: Apache-2.0
#include "schema/scalar_check.hpp"

#include "base/duration.hpp"
#include "base/quantity.hpp"
#include "base/text.hpp"
#include "schema/object_check.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace kforge::schema {
namespace {

using yaml::Node;

bool is_number(const Node& node) {
  return node.type == yaml::Type::integer || node.type == yaml::Type::number;
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string boolean_hint(const Node& node) {
  const std::string text = to_lower(node.scalar);
  for (const char* word : {"yes", "on", "true", "y"})
    if (text == word) return "write true";
  for (const char* word : {"no", "off", "false", "n"})
    if (text == word) return "write false";
  return {};
}

// base64 as Go reads it into bytes: padded, line feeds allowed.
bool is_base64(std::string_view text) {
  try {
    return base64_decode(text).size() <= text.size();
  } catch (const Error&) {
    return false;
  }
}

Misfit wrong(const Field& field, const Node& node, const std::string& path) {
  Misfit result{.message = wrong_type(path, word_of(field), node), .hint = {}};
  if (!node.is_scalar()) return result;
  if (field.type == FieldType::boolean) result.hint = boolean_hint(node);
  if (field.type == FieldType::integer && is_digits(node.scalar)) result.hint = "remove the quotes";
  if (field.type == FieldType::string) result.hint = "put it in quotes";
  return result;
}

std::optional<Misfit> integer_misfit(const Field& field, const Node& node, const std::string& path) {
  if (node.type != yaml::Type::integer) return wrong(field, node, path);
  const Json value = yaml::to_json(node);
  const bool narrow = field.format == "int32";
  const double limit = narrow ? 2147483648.0 : 9223372036854775808.0;
  const double number = value.is_number() ? value.get<double>() : limit;
  if (number >= -limit && number < limit) return std::nullopt;
  return Misfit{.message = fmt::format("{}: {} does not fit into {} bits", path, node.scalar, narrow ? 32 : 64),
                .hint = {}};
}

std::optional<Misfit> quantity_misfit(const Field& field, const Node& node, const std::string& path) {
  if (node.type != yaml::Type::string && !is_number(node)) return wrong(field, node, path);
  if (Quantity::parse(node.scalar)) return std::nullopt;
  return Misfit{.message = fmt::format("{}: '{}' is not a quantity", path, node.scalar),
                .hint = "such as 500m, 2 or 512Mi"};
}

std::optional<Misfit> time_misfit(const Field& field, const Node& node, const std::string& path) {
  if (node.type != yaml::Type::string) return wrong(field, node, path);
  if (parse_rfc3339(node.scalar)) return std::nullopt;
  return Misfit{.message = fmt::format("{}: '{}' is not a time", path, node.scalar),
                .hint = "such as 2026-01-02T03:04:05Z"};
}

std::optional<Misfit> bytes_misfit(const Field& field, const Node& node, const std::string& path) {
  if (node.type != yaml::Type::string) return wrong(field, node, path);
  if (is_base64(node.scalar)) return std::nullopt;
  const bool secret = path.starts_with("data.");
  return Misfit{.message = path + ": this is not base64",
                .hint = secret ? "plain text of a Secret belongs under 'stringData'" : "encode it with base64"};
}

}  // namespace

std::string type_text(const Node& node) {
  switch (node.type) {
    case yaml::Type::null:
      return "nothing";
    case yaml::Type::boolean:
      return "boolean";
    case yaml::Type::integer:
      return "integer";
    case yaml::Type::number:
      return "number";
    case yaml::Type::string:
      return "string";
    case yaml::Type::sequence:
      return "list";
    case yaml::Type::mapping:
      return "mapping";
  }
  return {};
}

std::string word_of(const Field& field) {
  switch (field.type) {
    case FieldType::any:
      return "value";
    case FieldType::string:
      return "string";
    case FieldType::integer:
      return "integer";
    case FieldType::number:
      return "number";
    case FieldType::boolean:
      return "boolean";
    case FieldType::object:
    case FieldType::map:
      return "mapping";
    case FieldType::list:
      return "list";
    case FieldType::quantity:
      return "quantity";
    case FieldType::int_or_string:
      return "integer or string";
    case FieldType::bytes:
      return "base64 string";
    case FieldType::time:
      return "time";
  }
  return {};
}

std::string wrong_type(const std::string& path, const std::string& expected, const Node& found) {
  return fmt::format("{}: expected {}, found {}", path, expected, type_text(found));
}

std::optional<Misfit> scalar_misfit(const Field& field, const Node& node, const std::string& path) {
  const auto unless = [&](bool fits) { return fits ? std::nullopt : std::optional(wrong(field, node, path)); };
  switch (field.type) {
    case FieldType::string:
      return unless(node.type == yaml::Type::string);
    case FieldType::boolean:
      return unless(node.type == yaml::Type::boolean);
    case FieldType::number:
      return unless(is_number(node));
    case FieldType::int_or_string:
      return unless(node.type == yaml::Type::string || node.type == yaml::Type::integer);
    case FieldType::integer:
      return integer_misfit(field, node, path);
    case FieldType::quantity:
      return quantity_misfit(field, node, path);
    case FieldType::time:
      return time_misfit(field, node, path);
    case FieldType::bytes:
      return bytes_misfit(field, node, path);
    default:
      return std::nullopt;
  }
}

}  // namespace kforge::schema
