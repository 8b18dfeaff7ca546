// SPDX-License-Identifier: Apache-2.0
#include "schema/object_check.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "schema/scalar_check.hpp"
#include "schema/shape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::schema {
namespace {

std::string below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

const Field* list_field(const Field& parent, std::string_view name) {
  const Field* found = parent.type == FieldType::object ? parent.object_type->find(name) : nullptr;
  return found != nullptr && found->type == FieldType::list ? found : nullptr;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// Few enough to be named when nothing resembles what was typed.
constexpr std::size_t most_named = 8;

}  // namespace

ObjectCheck::ObjectCheck(const Kind* kind, Completeness completeness, Diagnostics& problems)
    : kind_(kind), completeness_(completeness), problems_(problems) {}

void ObjectCheck::run(const yaml::Node& object) {
  const Field root = root_place(kind_);
  object_fields({.field = root, .node = object, .anchor = object, .path = {}});
}

void ObjectCheck::value(const Spot& spot) {
  if (spot.node.is_null()) return null_value(spot);
  switch (spot.field.type) {
    case FieldType::any:
      return;
    case FieldType::object:
    case FieldType::map:
      if (!spot.node.is_mapping())
        return problems_.error(spot.node.place(), wrong_type(spot.path, "mapping", spot.node));
      return spot.field.type == FieldType::object ? object_fields(spot) : map_entries(spot);
    case FieldType::list:
      if (spot.node.is_sequence()) return list_items(spot);
      return problems_.error(spot.node.place(), wrong_type(spot.path, "list", spot.node), "list items start with '- '");
    default:
      return scalar(spot);
  }
}

// A null field counts as left out; in a patch it deletes. Lists and maps cannot hold nothing.
void ObjectCheck::null_value(const Spot& spot) {
  if (patching() || (!spot.field.name.empty() && !spot.field.required)) return;
  if (spot.field.name.empty())
    return problems_.error(spot.node.place(), wrong_type(spot.path, word_of(spot.field), spot.node));
  if (!in_status_) problems_.error(spot.anchor.place(), fmt::format("missing required field '{}'", spot.path));
}

void ObjectCheck::object_fields(const Spot& spot) {
  const Type& type = *spot.field.object_type;
  for (const yaml::Entry& entry : spot.node.entries) {
    if (patching() && directive(spot.field, entry)) continue;
    const Field* field = type.find(entry.key.scalar);
    if (field == nullptr) {
      if (!type.preserves_unknown) unknown_field(type, spot, entry.key);
      continue;
    }
    const bool status = spot.path.empty() && field->name == "status";
    if (status) in_status_ = true;
    value({.field = *field, .node = entry.value, .anchor = entry.key, .path = below(spot.path, field->name)});
    if (status) in_status_ = false;
  }
  if (!patching() && !in_status_) required_fields(type, spot);
}

void ObjectCheck::required_fields(const Type& type, const Spot& spot) {
  for (const Field& field : type.fields)
    if (field.required && spot.node.find(field.name) == nullptr)
      problems_.error(spot.anchor.place(), fmt::format("missing required field '{}'", below(spot.path, field.name)));
}

void ObjectCheck::unknown_field(const Type& type, const Spot& parent, const yaml::Node& key) {
  std::vector<std::string> names;
  for (const Field& field : type.fields) names.emplace_back(field.name);
  std::string hint = did_you_mean(key.scalar, names);
  if (hint.empty() && names.size() <= most_named) hint = "known here: " + quoted_list(names);
  problems_.error(key.place(), fmt::format("unknown field '{}'", below(parent.path, key.scalar)), std::move(hint));
}

void ObjectCheck::map_entries(const Spot& spot) {
  for (const yaml::Entry& entry : spot.node.entries) {
    if (patching() && directive(spot.field, entry)) continue;
    value({.field = *spot.field.element,
           .node = entry.value,
           .anchor = entry.key,
           .path = below(spot.path, entry.key.scalar)});
  }
}

void ObjectCheck::list_items(const Spot& spot) {
  std::set<std::string> names;
  for (std::size_t index = 0; index < spot.node.items.size(); ++index)
    list_item(spot, spot.node.items[index], index, names);
}

void ObjectCheck::list_item(const Spot& list, const yaml::Node& item, std::size_t index, std::set<std::string>& names) {
  const std::string path = fmt::format("{}[{}]", list.path, index);
  const Field& field = list.field;
  if (patching() && field.patch_merge && !field.patch_merge_key.empty() && item.is_mapping()) {
    const yaml::Node* rule = item.find("$patch");
    const bool replaces = rule != nullptr && rule->scalar == "replace";
    if (!replaces && item.find(field.patch_merge_key) == nullptr)
      problems_.error(item.place(),
                      fmt::format("{} has no '{}', by which a patch finds its item", path, field.patch_merge_key));
  }
  if (!patching() && field.list_type != ListType::atomic) {
    const std::optional<std::string> name = item_element(field, yaml::to_json(item));
    if (name && !names.insert(*name).second)
      problems_.error(item.place(), fmt::format("{} repeats {}", path, element_text(*name)),
                      "the API server merges items by it");
  }
  value({.field = *field.element, .node = item, .anchor = item, .path = path});
}

// Directives of strategic merge patches (apimachinery/pkg/util/strategicpatch); true when the entry is one.
bool ObjectCheck::directive(const Field& parent, const yaml::Entry& entry) {
  const std::string_view key = entry.key.scalar;
  if (key == "$patch") {
    if (!is_one_of(entry.value.scalar, {"replace", "merge", "delete"}))
      problems_.error(entry.value.place(), fmt::format("unknown value '{}' of '$patch'", entry.value.scalar),
                      "one of 'replace', 'merge' and 'delete'");
    return true;
  }
  const std::size_t slash = std::min(key.find('/'), key.size());
  const std::string_view name = key.substr(0, slash);
  if (name != "$retainKeys" && !is_one_of(name, {"$setElementOrder", "$deleteFromPrimitiveList"})) return false;
  if (!entry.value.is_sequence())
    problems_.error(entry.value.place(), wrong_type(entry.key.scalar, "list", entry.value));
  if (name != "$retainKeys" && list_field(parent, key.substr(std::min(slash + 1, key.size()))) == nullptr)
    problems_.error(entry.key.place(), fmt::format("'{}' does not name a list", key));
  return true;
}

void ObjectCheck::scalar(const Spot& spot) {
  const std::optional<Misfit> misfit = scalar_misfit(spot.field, spot.node, spot.path);
  if (misfit) {
    SourcePlace place = spot.node.place();
    if (is_secret(spot)) place.source_line.clear();
    return problems_.error(std::move(place), misfit->message, misfit->hint);
  }
  if (!spot.field.enum_values.empty()) enum_value(spot);
}

// Its line must not be shown.
bool ObjectCheck::is_secret(const Spot& spot) const {
  return kind_ != nullptr && kind_->name == KindName{"", "v1", "Secret"} &&
         (spot.path.starts_with("data.") || spot.path.starts_with("stringData."));
}

void ObjectCheck::enum_value(const Spot& spot) {
  std::vector<std::string> values(spot.field.enum_values.begin(), spot.field.enum_values.end());
  if (std::ranges::find(values, spot.node.scalar) != values.end()) return;
  std::erase(values, "");
  std::string hint = did_you_mean(spot.node.scalar, values);
  if (hint.empty() && values.size() <= most_named) hint = "one of " + quoted_list(values);
  problems_.error(spot.node.place(), fmt::format("unknown value '{}' of '{}'", spot.node.scalar, spot.path),
                  std::move(hint));
}

}  // namespace kforge::schema
