// SPDX-License-Identifier: Apache-2.0
// How values merge by their place in the schema (structured-merge-diff). A place is a Field; nullptr stands for a place
// that the schema says nothing about: maps merge key by key there, lists and scalars are one value.
#pragma once

#include "base/json.hpp"
#include "schema/field_set.hpp"
#include "schema/schema.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kforge::schema {

enum class Shape {
  leaf,    // one value: a scalar, or an atomic list or map
  object,  // fields merge one by one
  map,     // keys merge one by one, and each key is owned for itself
  items,   // list items merge by their keys or values
};
// Null takes the shape that the schema declares, and is empty.
Shape shape_of(const Field* place, const Json& value);

// The place of a whole object. The kind may be null: a custom resource, of which only metadata is known.
Field root_place(const Kind* kind);
// The place of a key's value below an object or map.
const Field* child_place(const Field* place, std::string_view key);
// The declared field of an object; nullptr for keys of maps and unknown fields.
const Field* declared_field(const Field* place, std::string_view key);
// The place below a path element: of a field by its name, of an item the list's element.
const Field* place_below(const Field* place, std::string_view element);

// "f:name"
std::string field_element(std::string_view name);
// How an item of a list of Shape::items is named: "k:{"name":"app"}" with defaults for missing keys, or "v:"value"".
// Empty when the item has no name: no key at all, or not of the right type.
std::optional<std::string> item_element(const Field& list, const Json& item);

// Every leaf, map key and list item of a value.
FieldSet leaves_of(const Field* place, const Json& value);

}  // namespace kforge::schema
