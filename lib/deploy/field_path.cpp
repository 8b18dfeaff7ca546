// SPDX-License-Identifier: Apache-2.0
#include "deploy/field_path.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"
#include "schema/shape.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

const Json absent;

std::string scalar_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : to_text(value);
}

// `k:{"containerPort":8000,"protocol":"TCP"}` -> "8000,TCP"; `v:"x"` -> "x"; `i:0` -> "0"
std::string item_text(std::string_view element) {
  const Json content = Json::parse(element.substr(2), nullptr, false);
  if (!content.is_object()) return scalar_text(content);
  std::vector<std::string> values;
  for (const Json& value : content) values.push_back(scalar_text(value));
  return join(values, ",");
}

// A leaf stands for everything below it: an atomic list is owned as one value.
bool holds(const schema::FieldSet& set, const FieldPath& path) {
  const schema::FieldSet* at = &set;
  for (const std::string& element : path) {
    if (at->member && at->children.empty()) return true;
    const auto found = at->children.find(element);
    if (found == at->children.end()) return false;
    at = &found->second;
  }
  return true;
}

// Keys may hold dots and brackets, so every child whose text fits is tried.
bool find_member(const schema::FieldSet& set, std::string_view text, FieldPath& path) {
  if (text.empty()) return set.member;
  for (const auto& [element, child] : set.children) {
    const std::string own = schema::element_text(element);
    if (!text.starts_with(own)) continue;
    path.push_back(element);
    if (find_member(child, text.substr(own.size()), path)) return true;
    path.pop_back();
  }
  return false;
}

}  // namespace

std::string element_suffix(const schema::Field* place, std::string_view element, bool first) {
  if (!element.starts_with("f:")) return "[" + item_text(element) + "]";
  const std::string key(element.substr(2));
  const bool map = place != nullptr && place->type == schema::FieldType::map;
  if (map && key.find_first_of("./") != std::string::npos) return "[" + key + "]";
  return first ? key : "." + key;
}

std::string path_text(const schema::Kind* kind, const FieldPath& path) {
  const schema::Field root = schema::root_place(kind);
  const schema::Field* place = &root;
  std::string text;
  for (const std::string& element : path) {
    text += element_suffix(place, element, text.empty());
    place = schema::place_below(place, element);
  }
  return text;
}

std::optional<FieldPath> find_member(const schema::FieldSet& set, std::string_view text) {
  FieldPath path;
  if (!find_member(set, text, path)) return std::nullopt;
  return path;
}

const Json& value_at(const schema::Kind* kind, const Json& object, const FieldPath& path) {
  const schema::Field root = schema::root_place(kind);
  const schema::Field* place = &root;
  const Json* at = &object;
  for (const std::string& element : path) {
    const Json* next = nullptr;
    if (element.starts_with("f:")) {
      if (const auto found = at->find(element.substr(2)); at->is_object() && found != at->end()) next = &*found;
    } else {
      next = place != nullptr ? schema::find_item(*at, element, *place) : schema::find_item(*at, element);
    }
    if (next == nullptr) return absent;
    place = schema::place_below(place, element);
    at = next;
  }
  return *at;
}

std::vector<Holder> other_holders(const std::vector<schema::ManagedEntry>& entries, const FieldPath& path) {
  std::vector<Holder> holders;
  for (const schema::ManagedEntry& entry : entries)
    if (entry.manager != field_manager && holds(entry.fields, path))
      holders.push_back({entry.manager, entry.subresource, parse_rfc3339(entry.time), entry.operation});
  std::ranges::stable_sort(holders, std::ranges::greater(), &Holder::since);
  return holders;
}

std::vector<Holder> foreign_holders(const std::vector<schema::ManagedEntry>& entries, const FieldPath& path) {
  std::vector<Holder> holders = other_holders(entries, path);
  std::erase_if(holders, [](const Holder& holder) { return is_own_manager(holder.manager); });
  return holders;
}

}  // namespace kforge::deploy
