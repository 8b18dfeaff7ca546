// SPDX-License-Identifier: Apache-2.0
#include "yaml/node.hpp"
#include "yaml/scalar_style.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace kforge::yaml {
namespace {

// Readers need to find the ':' of a simple key within 1024 characters (YAML 1.2.2 §7.4.2).
constexpr std::size_t longest_simple_key = 512;

constexpr std::array<std::string_view, 3> keys_first{"apiVersion", "kind", "metadata"};

class Emitter {
 public:
  explicit Emitter(std::string& out) : out_(out) {}

  void document(const Json& value) {
    if (is_block(value))
      block(value, 0);
    else
      scalar(value, 0, ScalarUse::key);  // a literal needs a parent to be indented from
    if (out_.empty() || out_.back() != '\n') out_ += '\n';
  }

 private:
  static bool is_block(const Json& value) { return value.is_structured() && !value.empty(); }

  void indent(std::size_t width) { out_.append(width, ' '); }

  // The cursor stands where the block begins: at column `width` of a line.
  void block(const Json& value, std::size_t width) {
    if (value.is_array())
      sequence(value, width);
    else
      mapping(value, width, InList::no);
  }

  void sequence(const Json& items, std::size_t width) {
    bool first = true;
    for (const Json& item : items) {
      if (!first) indent(width);
      first = false;
      out_ += "- ";
      if (item.is_array() && !item.empty())
        sequence(item, width + 2);
      else if (item.is_object() && !item.empty())
        mapping(item, width + 2, InList::yes);
      else
        line_of_scalar(item, width + 2);
    }
  }

  enum class InList { no, yes };

  void mapping(const Json& object, std::size_t width, InList in_list) {
    const auto& members = object.get_ref<const Json::object_t&>();
    bool first = true;
    const auto emit = [&](const Json::object_t::value_type& member) {
      if (!first) indent(width);
      first = false;
      entry(member.first, member.second, width);
    };
    for (const std::string_view key : keys_first)
      if (const auto found = members.find(key); found != members.end()) emit(*found);
    if (const auto found = members.find("name"); in_list == InList::yes && found != members.end()) emit(*found);
    for (const auto& member : members)
      if (!is_first(member.first) && !(in_list == InList::yes && member.first == "name")) emit(member);
  }

  static bool is_first(std::string_view key) {
    return key == keys_first[0] || key == keys_first[1] || key == keys_first[2];
  }

  void entry(const std::string& key, const Json& value, std::size_t width) {
    if (key.size() > longest_simple_key) {
      out_ += "? ";
      append_on_one_line(out_, key, style_of(key, ScalarUse::key));
      out_ += '\n';
      indent(width);
    } else {
      append_on_one_line(out_, key, style_of(key, ScalarUse::key));
    }
    out_ += ':';
    if (!is_block(value)) {
      out_ += ' ';
      return line_of_scalar(value, width + 2);
    }
    out_ += '\n';
    const std::size_t inner = value.is_array() ? width : width + 2;
    indent(inner);
    block(value, inner);
  }

  void line_of_scalar(const Json& value, std::size_t literal_indent) {
    scalar(value, literal_indent, ScalarUse::value);
    if (out_.back() != '\n') out_ += '\n';
  }

  void scalar(const Json& value, std::size_t literal_indent, ScalarUse use) {
    switch (value.type()) {
      case Json::value_t::object:
        out_ += "{}";
        return;
      case Json::value_t::array:
        out_ += "[]";
        return;
      case Json::value_t::string:
        return text(value.get_ref<const std::string&>(), literal_indent, use);
      case Json::value_t::boolean:
        out_ += value.get<bool>() ? "true" : "false";
        return;
      case Json::value_t::number_integer:
        fmt::format_to(std::back_inserter(out_), "{}", value.get<std::int64_t>());
        return;
      case Json::value_t::number_unsigned:
        fmt::format_to(std::back_inserter(out_), "{}", value.get<std::uint64_t>());
        return;
      case Json::value_t::number_float:
        return decimal(value.get<double>());
      case Json::value_t::null:
      case Json::value_t::binary:
      case Json::value_t::discarded:
        break;
    }
    out_ += "null";
  }

  void text(const std::string& value, std::size_t literal_indent, ScalarUse use) {
    const ScalarStyle style = style_of(value, use);
    if (style == ScalarStyle::literal)
      append_literal(out_, value, literal_indent);
    else
      append_on_one_line(out_, value, style);
  }

  // YAML 1.1 reads "1e+22" as a string: a number needs its point.
  void decimal(double value) {
    if (std::isnan(value))
      out_ += ".nan";
    else if (std::isinf(value))
      out_ += value < 0 ? "-.inf" : ".inf";
    else {
      std::string digits = fmt::format("{}", value);
      if (digits.find('.') == std::string::npos) digits.insert(std::min(digits.find('e'), digits.size()), ".0");
      out_ += digits;
    }
  }

  std::string& out_;
};

}  // namespace

std::string emit(const Json& value) {
  std::string out;
  Emitter(out).document(value);
  return out;
}

std::string emit_all(const std::vector<Json>& documents) {
  std::string out;
  for (const Json& document : documents) {
    if (!out.empty()) out += "---\n";
    Emitter(out).document(document);
  }
  return out;
}

}  // namespace kforge::yaml
