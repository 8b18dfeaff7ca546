// SPDX-License-Identifier: Apache-2.0
#include "project/shape.hpp"

#include "base/diagnostics.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::project {
namespace {

Shape shape_of(Shape::Kind kind) {
  Shape made;
  made.kind = kind;
  return made;
}

bool holds_section(const Shapes& shapes) {
  return std::ranges::any_of(shapes, [](const Shape& shape) { return shape.section != nullptr; });
}

bool is_number(yaml::Type type) {
  return type == yaml::Type::integer || type == yaml::Type::number;
}

bool takes(const Shape& shape, const yaml::Node& node) {
  using enum Shape::Kind;
  switch (shape.kind) {
    case text:
    case word:
      return node.type == yaml::Type::string;
    case integer:
      return node.type == yaml::Type::integer;
    case boolean:
      return node.type == yaml::Type::boolean;
    case scalar:
      return node.is_scalar() && !node.is_null();
    case amount:
      return node.type == yaml::Type::string || is_number(node.type);
    case list:
      return node.is_sequence();
    case map:
    case section:
      return node.is_mapping();
    case anything:
      break;
  }
  return true;
}

std::string words_of(const std::vector<std::string_view>& words) {
  std::vector<std::string> quoted;
  for (const std::string_view word : words) quoted.push_back(fmt::format("'{}'", word));
  return (words.size() > 1 ? "one of " : "") + join(quoted, ", ");
}

// Empty when it does not fit into 64 bits.
std::optional<std::int64_t> integer_of(const yaml::Node& node) {
  try {
    const Json value = yaml::to_json(node);
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    return value.get<std::int64_t>();
  } catch (const InvalidInput&) {
    return std::nullopt;
  }
}

std::optional<Misfit> misfit_of_word(const Shape& shape, std::string_view text) {
  if (std::ranges::find(shape.words, text) != shape.words.end()) return std::nullopt;
  return Misfit{fmt::format("must be {}, not '{}'", expected(shape), printable(text)),
                did_you_mean(text, {shape.words.begin(), shape.words.end()})};
}

std::optional<Misfit> misfit_of_integer(const Shape& shape, const yaml::Node& node) {
  const auto number = integer_of(node);
  if (number && *number >= shape.minimum && *number <= shape.maximum) return std::nullopt;
  return Misfit{fmt::format("must be {}, not {}", expected(shape), node.scalar), {}};
}

// The usual slips.
std::string hint_for(const Format& format, std::string_view text) {
  if (text.size() > format.max_length) return fmt::format("at most {} characters", format.max_length);
  const std::string lower = to_lower(text);
  if (lower != text && format.accepts(lower)) return fmt::format("write it in lower case: '{}'", lower);
  const std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos && format.accepts(text.substr(scheme + 3)))
    return fmt::format("leave out '{}'", text.substr(0, scheme + 3));
  if (format.accepts(fmt::format("https://{}", text))) return fmt::format("write 'https://{}'", text);
  if (format.accepts(fmt::format("/{}", text))) return fmt::format("write '/{}'", text);
  return {};
}

std::optional<Misfit> misfit_of_text(const Format& format, std::string_view text) {
  if (text.size() <= format.max_length && format.accepts(text)) return std::nullopt;
  return Misfit{fmt::format("must be {}, not '{}'", format.expected, printable(text)), hint_for(format, text)};
}

}  // namespace

Shape text(const Format& format) {
  Shape made = shape_of(Shape::Kind::text);
  made.format = &format;
  return made;
}

Shape one_of(std::vector<std::string_view> words) {
  Shape made = shape_of(Shape::Kind::word);
  made.words = std::move(words);
  return made;
}

Shape integer(std::int64_t minimum, std::int64_t maximum) {
  Shape made = shape_of(Shape::Kind::integer);
  made.minimum = minimum;
  made.maximum = maximum;
  return made;
}

Shape boolean() {
  return shape_of(Shape::Kind::boolean);
}

Shape only_true() {
  Shape made = boolean();
  made.only_true = true;
  return made;
}

Shape scalar(const Format& format) {
  Shape made = shape_of(Shape::Kind::scalar);
  made.format = &format;
  return made;
}

Shape amount(const Format& format) {
  Shape made = shape_of(Shape::Kind::amount);
  made.format = &format;
  return made;
}

Shape list_of(Shapes elements, std::int64_t most_items) {
  Shape made = shape_of(Shape::Kind::list);
  made.elements = std::move(elements);
  made.maximum = most_items;
  return made;
}

Shape map_of(const Format& keys, Shapes elements) {
  Shape made = shape_of(Shape::Kind::map);
  made.format = &keys;
  made.elements = std::move(elements);
  return made;
}

Shape map_of(const Format& keys, const Format& overlay_keys, Shapes elements) {
  Shape made = map_of(keys, std::move(elements));
  made.overlay_keys = &overlay_keys;
  return made;
}

Shape mapping_of(SectionGetter getter) {
  Shape made = shape_of(Shape::Kind::section);
  made.section = getter;
  return made;
}

Shape anything() {
  return shape_of(Shape::Kind::anything);
}

const Shape* find_alternative(const Shapes& shapes, const yaml::Node& node) {
  const auto found = std::ranges::find_if(shapes, [&](const Shape& shape) { return takes(shape, node); });
  return found == shapes.end() ? nullptr : &*found;
}

std::optional<Misfit> misfit(const Shape& shape, const yaml::Node& node, std::string_view content) {
  using enum Shape::Kind;
  switch (shape.kind) {
    case word:
      return misfit_of_word(shape, content);
    case integer:
      return misfit_of_integer(shape, node);
    case boolean:
      if (!shape.only_true || yaml::to_json(node).get<bool>()) return std::nullopt;
      return Misfit{"must be true", "remove the key for the opposite"};
    case Shape::Kind::text:
    case scalar:
    case amount:
      return misfit_of_text(*shape.format, content);
    case list:
    case map:
    case section:
    case anything:
      break;
  }
  return std::nullopt;
}

std::string expected(const Shape& shape) {
  using enum Shape::Kind;
  switch (shape.kind) {
    case text:
    case amount:
      return std::string(shape.format->expected);
    case scalar:
      return "a text, number or boolean";
    case word:
      return words_of(shape.words);
    case integer:
      return fmt::format("a whole number from {} to {}", shape.minimum, shape.maximum);
    case boolean:
      return shape.only_true ? "true" : "true or false";
    case list:
      return "a list";
    case map:
    case section:
      return "a mapping";
    case anything:
      break;
  }
  return "anything";
}

std::string expected(const Shapes& shapes) {
  std::vector<std::string> parts;
  for (const Shape& shape : shapes) parts.push_back(expected(shape));
  return join(parts, " or ");
}

std::string described(const Shapes& shapes) {
  std::vector<std::string> parts;
  for (const Shape& shape : shapes) {
    const bool named = shape.kind == Shape::Kind::map && holds_section(shape.elements);
    if (named)
      parts.emplace_back("a mapping of names, each with the keys below");
    else if (shape.kind == Shape::Kind::map)
      parts.push_back("a mapping, each value " + described(shape.elements));
    else if (shape.kind == Shape::Kind::list)
      parts.push_back("a list, each item " + described(shape.elements));
    else if (shape.kind == Shape::Kind::section)
      parts.emplace_back("a mapping with the keys below");
    else
      parts.push_back(expected(shape));
  }
  return join(parts, " or ");
}

}  // namespace kforge::project
