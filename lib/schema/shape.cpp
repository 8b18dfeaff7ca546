// SPDX-License-Identifier: Apache-2.0
#include "schema/shape.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kforge::schema {
namespace {

constexpr std::string_view object_meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

const Type& custom_resource_type() {
  static const std::array fields = [] {
    std::array<Field, 3> result;
    result[0].name = "apiVersion";
    result[1].name = "kind";
    result[0].type = result[1].type = FieldType::string;
    result[2].name = "metadata";
    result[2].type = FieldType::object;
    result[2].object_type = Table::embedded().find_type(object_meta);
    return result;
  }();
  static const Type type{.name = "custom resource", .fields = fields, .atomic = false, .preserves_unknown = true};
  return type;
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

// to_text() without its cost for the usual short words and numbers.
void append_scalar(std::string& text, const Json& value) {
  if (const auto* word = value.get_ptr<const std::string*>(); word != nullptr && is_plain(*word)) {
    text.append(1, '"').append(*word).append(1, '"');
  } else {
    text += to_text(value);
  }
}

const Json* key_value(const Field& list, const Json& item, std::string_view key) {
  if (const auto found = item.find(key); found != item.end()) return &*found;
  const Type* type = list.element != nullptr ? list.element->object_type : nullptr;
  const Field* field = type != nullptr ? type->find(key) : nullptr;
  return field != nullptr ? field->default_value : nullptr;
}

std::optional<std::string> key_element(const Field& list, const Json& item) {
  if (!item.is_object()) return std::nullopt;
  std::vector<std::string_view> keys(list.merge_keys.begin(), list.merge_keys.end());
  std::ranges::sort(keys);
  std::string text = "k:{";
  for (const std::string_view key : keys) {
    const Json* value = key_value(list, item, key);
    if (value == nullptr) continue;
    if (text.back() != '{') text += ',';
    text.append(1, '"').append(key).append("\":");
    append_scalar(text, *value);
  }
  if (text.back() == '{') return std::nullopt;
  return text + "}";
}

FieldSet leaves_of_items(const Field& list, const Json& items) {
  FieldSet result;
  std::set<std::string> repeated;
  for (const Json& item : items) {
    const std::optional<std::string> element = item_element(list, item);
    if (!element) continue;
    const auto [found, fresh] = result.children.try_emplace(*element);
    if (!fresh)
      repeated.insert(*element);
    else
      found->second = leaves_of(list.element, item);
    found->second.member = true;
  }
  for (const std::string& element : repeated) result.children[element].children.clear();  // told apart by nothing
  return result;
}

FieldSet leaves_of_entries(const Field* place, const Json& object, Shape shape) {
  FieldSet result;
  for (auto entry = object.begin(); entry != object.end(); ++entry) {
    FieldSet child = leaves_of(child_place(place, entry.key()), *entry);
    child.member = child.member || shape == Shape::map || entry->is_null() || (entry->is_object() && entry->empty());
    // Keys come sorted, and stay so with the same prefix.
    if (!child.empty())
      result.children.emplace_hint(result.children.end(), field_element(entry.key()), std::move(child));
  }
  return result;
}

}  // namespace

Shape shape_of(const Field* place, const Json& value) {
  if (place == nullptr || (place->type == FieldType::any && !place->atomic))
    return value.is_object() || value.is_null() ? Shape::object : Shape::leaf;
  if (place->atomic) return Shape::leaf;
  switch (place->type) {
    case FieldType::object:
      return value.is_object() || value.is_null() ? Shape::object : Shape::leaf;
    case FieldType::map:
      return value.is_object() || value.is_null() ? Shape::map : Shape::leaf;
    case FieldType::list:
      return place->list_type != ListType::atomic && (value.is_array() || value.is_null()) ? Shape::items : Shape::leaf;
    default:
      return Shape::leaf;
  }
}

Field root_place(const Kind* kind) {
  Field root;
  root.type = FieldType::object;
  root.object_type = kind != nullptr ? kind->type : &custom_resource_type();
  return root;
}

const Field* child_place(const Field* place, std::string_view key) {
  if (place == nullptr) return nullptr;
  if (place->type == FieldType::map) return place->element;
  return place->object_type != nullptr ? place->object_type->find(key) : nullptr;
}

const Field* declared_field(const Field* place, std::string_view key) {
  return place != nullptr && place->type == FieldType::object ? place->object_type->find(key) : nullptr;
}

const Field* place_below(const Field* place, std::string_view element) {
  if (element.starts_with("f:")) return child_place(place, element.substr(2));
  return place != nullptr && place->type == FieldType::list ? place->element : nullptr;
}

std::string field_element(std::string_view name) {
  return "f:" + std::string(name);
}

std::optional<std::string> item_element(const Field& list, const Json& item) {
  if (list.list_type == ListType::map) return key_element(list, item);
  if (item.is_structured() || item.is_null()) return std::nullopt;
  std::string text = "v:";
  append_scalar(text, item);
  return text;
}

FieldSet leaves_of(const Field* place, const Json& value) {
  switch (const Shape shape = shape_of(place, value)) {
    case Shape::leaf:
      return {.member = true, .children = {}};
    case Shape::items:
      return value.is_array() ? leaves_of_items(*place, value) : FieldSet{};
    default:
      return value.is_object() ? leaves_of_entries(place, value, shape) : FieldSet{};
  }
}

}  // namespace kforge::schema
