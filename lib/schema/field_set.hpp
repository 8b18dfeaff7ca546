// SPDX-License-Identifier: Apache-2.0
// Field ownership of server-side apply: sets of field paths as in metadata.managedFields (FieldsV1), and the merge
// rules that go with them (structured-merge-diff v4).
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::schema {

// A trie of path elements in FieldsV1 spelling: "f:name" a field, "k:{...}" a list item by its keys, "v:..." a set
// value, "i:N" an index. `member` says that the path itself is in the set (FieldsV1 "." or a leaf). Every node but the
// root is a member or has children.
struct FieldSet {
  bool member = false;
  std::map<std::string, FieldSet, std::less<>> children;

  bool empty() const { return !member && children.empty(); }
  bool operator==(const FieldSet&) const = default;
};

// Elements of kinds that this version does not know are left out.
FieldSet parse_fields_v1(const Json& fields);
Json to_fields_v1(const FieldSet& set);

// Set algebra path by path: a path does not stand for the paths below it.
FieldSet unite(const FieldSet& a, const FieldSet& b);
FieldSet subtract(const FieldSet& a, const FieldSet& b);
FieldSet intersect(const FieldSet& a, const FieldSet& b);
// Removes the paths of `b` and everything below them.
FieldSet subtract_trees(const FieldSet& a, const FieldSet& b);

// The set that a server records for an applied configuration: every leaf and every list item, without apiVersion, kind,
// metadata.name, metadata.namespace and what apply never owns. `kind` may be null (custom resources: lists are atomic).
FieldSet field_set_of(const Kind* kind, const Json& object);

// "spec.template.spec.containers[name="app"].image" of every member, for messages.
std::vector<std::string> paths_of(const FieldSet& set);
// One element as the API server writes it in messages: ".image", "[name="app"]", "[="value"]", "[0]".
std::string element_text(std::string_view element);

// Finds the item of `list` that a "k:", "v:" or "i:" element names, or nullptr. A key that an item leaves out matches
// when no other item has it (the server fills in defaults such as protocol: TCP).
const Json* find_item(const Json& list, std::string_view element);
// The same with the list's own defaults for keys.
const Json* find_item(const Json& list, std::string_view element, const Field& field);

}  // namespace kforge::schema
