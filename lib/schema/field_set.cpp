// SPDX-License-Identifier: Apache-2.0
#include "schema/field_set.hpp"

#include "schema/shape.hpp"

#include <charconv>

namespace kforge::schema {
namespace {

constexpr std::string_view self = ".";

bool is_element(std::string_view text) {
  return text.size() >= 2 && text[1] == ':' && std::string_view("fkvi").find(text[0]) != std::string_view::npos;
}

// The server escapes "<" and the like inside keys and values; ours are compared as text, so they get one spelling.
std::string canonical(std::string_view element) {
  if (element[0] == 'f' || element.find('\\') == std::string_view::npos) return std::string(element);
  const Json value = Json::parse(element.substr(2), nullptr, false);
  return value.is_discarded() ? std::string(element) : std::string(element.substr(0, 2)) + to_text(value);
}

// Keeps the rule that a node is a member or has children.
void add_child(FieldSet& set, const std::string& element, FieldSet child) {
  if (!child.empty()) set.children.emplace_hint(set.children.end(), element, std::move(child));
}

// The server names the members of a level before what lies below them.
void collect_paths(const FieldSet& set, const std::string& prefix, std::vector<std::string>& paths) {
  for (const auto& [element, child] : set.children) {
    if (!child.member) continue;
    const std::string path = prefix + element_text(element);
    paths.push_back(path.starts_with('.') ? path.substr(1) : path);
  }
  for (const auto& [element, child] : set.children)
    if (!child.children.empty()) collect_paths(child, prefix + element_text(element), paths);
}

std::string key_text(const Json& keys) {
  std::string text;
  for (const auto& [name, value] : keys.items()) text += (text.empty() ? "" : ",") + name + "=" + to_text(value);
  return text;
}

enum class Match { no, partly, fully };

Match match(const Json& item, const Json& keys) {
  if (!item.is_object() || !keys.is_object()) return Match::no;
  Match result = Match::fully;
  bool some = false;
  for (const auto& [name, value] : keys.items()) {
    const auto found = item.find(name);
    if (found == item.end())
      result = Match::partly;
    else if (*found != value)
      return Match::no;
    else
      some = true;
  }
  return some ? result : Match::no;
}

const Json* item_at(const Json& list, std::string_view index_text) {
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(index_text.data(), index_text.data() + index_text.size(), index);
  const bool valid = problem == std::errc{} && end == index_text.data() + index_text.size();
  return valid && index < list.size() ? &list[index] : nullptr;
}

}  // namespace

FieldSet parse_fields_v1(const Json& fields) {
  FieldSet set;
  if (!fields.is_object()) return set;
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const std::string& key = field.key();
    if (key == self) {
      set.member = true;
    } else if (is_element(key)) {
      FieldSet child = parse_fields_v1(*field);
      if (child.children.empty()) child.member = true;  // a leaf is written as {}
      set.children.emplace_hint(set.children.end(), canonical(key), std::move(child));
    }
  }
  return set;
}

Json to_fields_v1(const FieldSet& set) {
  Json fields = Json::object();
  if (set.member && !set.children.empty()) fields[std::string(self)] = Json::object();
  for (const auto& [element, child] : set.children) fields[element] = to_fields_v1(child);
  return fields;
}

FieldSet unite(const FieldSet& a, const FieldSet& b) {
  FieldSet result = a;
  result.member = a.member || b.member;
  for (const auto& [element, child] : b.children) {
    const auto [found, fresh] = result.children.try_emplace(element, child);
    if (!fresh) found->second = unite(found->second, child);
  }
  return result;
}

FieldSet subtract(const FieldSet& a, const FieldSet& b) {
  FieldSet result{.member = a.member && !b.member, .children = {}};
  for (const auto& [element, child] : a.children) {
    const auto other = b.children.find(element);
    add_child(result, element, other == b.children.end() ? child : subtract(child, other->second));
  }
  return result;
}

FieldSet intersect(const FieldSet& a, const FieldSet& b) {
  FieldSet result{.member = a.member && b.member, .children = {}};
  for (const auto& [element, child] : a.children)
    if (const auto other = b.children.find(element); other != b.children.end())
      add_child(result, element, intersect(child, other->second));
  return result;
}

FieldSet subtract_trees(const FieldSet& a, const FieldSet& b) {
  if (b.member) return {};
  FieldSet result{.member = a.member, .children = {}};
  for (const auto& [element, child] : a.children) {
    const auto other = b.children.find(element);
    add_child(result, element, other == b.children.end() ? child : subtract_trees(child, other->second));
  }
  return result;
}

std::vector<std::string> paths_of(const FieldSet& set) {
  std::vector<std::string> paths;
  collect_paths(set, {}, paths);
  return paths;
}

std::string element_text(std::string_view element) {
  if (!is_element(element)) return std::string(element);
  const std::string_view content = element.substr(2);
  if (element[0] == 'f') return "." + std::string(content);
  if (element[0] == 'i') return "[" + std::string(content) + "]";
  if (element[0] == 'v') return "[=" + std::string(content) + "]";
  const Json keys = Json::parse(content, nullptr, false);
  return "[" + (keys.is_object() ? key_text(keys) : std::string(content)) + "]";
}

const Json* find_item(const Json& list, std::string_view element) {
  if (!list.is_array() || !is_element(element)) return nullptr;
  if (element[0] == 'i') return item_at(list, element.substr(2));
  const Json wanted = Json::parse(element.substr(2), nullptr, false);
  const Json* candidate = nullptr;
  for (const Json& item : list) {
    const Match found = element[0] == 'k' ? match(item, wanted) : item == wanted ? Match::fully : Match::no;
    if (found == Match::fully) return &item;
    if (found == Match::partly && candidate == nullptr) candidate = &item;
  }
  return candidate;
}

const Json* find_item(const Json& list, std::string_view element, const Field& field) {
  if (!list.is_array() || field.list_type == ListType::atomic) return find_item(list, element);
  for (const Json& item : list)
    if (item_element(field, item) == element) return &item;
  return nullptr;
}

}  // namespace kforge::schema
