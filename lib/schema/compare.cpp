// SPDX-License-Identifier: Apache-2.0
#include "schema/merge.hpp"
#include "schema/merge_values.hpp"

namespace kforge::schema {
namespace {

void put(FieldSet& set, const std::string& element, FieldSet child) {
  if (child.empty()) return;
  FieldSet& at = set.children[element];
  at = unite(at, child);
}

void put(Comparison& into, const std::string& element, Comparison part) {
  put(into.removed, element, std::move(part.removed));
  put(into.modified, element, std::move(part.modified));
  put(into.added, element, std::move(part.added));
}

Comparison compare_leaf(const Json* from, const Json* to) {
  Comparison result;
  if (from == nullptr)
    result.added.member = true;
  else if (to == nullptr)
    result.removed.member = true;
  else
    result.modified.member = *from != *to;
  return result;
}

Comparison compare_entries(const Field* place, const Json& from, const Json& to) {
  Comparison result;
  const auto compare_key = [&](const std::string& key, const Json* before, const Json* after) {
    put(result, field_element(key), compare(child_place(place, key), before, after));
  };
  for (const auto& [key, value] : from.items()) {
    const auto other = to.find(key);
    compare_key(key, &value, other == to.end() ? nullptr : &*other);
  }
  for (const auto& [key, value] : to.items())
    if (!from.contains(key)) compare_key(key, nullptr, &value);
  return result;
}

// Items of one name. Repeated names are one value: nothing tells them apart.
Comparison compare_named_items(const Field& list, const ItemGroup& from, const ItemGroup& to) {
  const bool many_before = from.items.size() > 1, many_after = to.items.size() > 1;
  if (!many_before && !many_after)
    return compare(list.element, from.items.empty() ? nullptr : from.items[0],
                   to.items.empty() ? nullptr : to.items[0]);
  Comparison result;
  if (many_before && many_after) {
    result.modified.member = !from.equals(to);
  } else if (many_before) {
    if (!to.items.empty()) result = compare(list.element, nullptr, to.items[0]);
    result.removed.member = true;
  } else {
    if (!from.items.empty()) result = compare(list.element, from.items[0], nullptr);
    result.added.member = true;
  }
  return result;
}

Comparison compare_items(const Field& list, const Json& from, const Json& to) {
  Comparison result;
  const NamedItems before(list, from), after(list, to);
  for (const ItemGroup& group : before.groups())
    put(result, group.element, compare_named_items(list, group, after.find(group.element)));
  for (const ItemGroup& group : after.groups())
    if (before.find(group.element).items.empty()) put(result, group.element, compare_named_items(list, {}, group));
  return result;
}

Comparison compare_as(Shape shape, const Field* place, const Json* from, const Json* to) {
  if (shape == Shape::leaf) return compare_leaf(from, to);
  const Json& before = contents(shape, from);
  const Json& after = contents(shape, to);
  if (before.empty() && after.empty()) return compare_leaf(from, to);
  Comparison result =
      shape == Shape::items ? compare_items(*place, before, after) : compare_entries(place, before, after);
  if (from == nullptr)
    result.added.member = true;
  else if (to == nullptr)
    result.removed.member = true;
  return result;
}

}  // namespace

Comparison compare(const Field* place, const Json* from, const Json* to) {
  if (to == nullptr) return compare_as(shape_of(place, *from), place, from, to);
  const Shape shape = shape_of(place, *to);
  if (from == nullptr || shape_of(place, *from) == shape) return compare_as(shape, place, from, to);
  // The value changed its nature: what it was goes, what it is comes.
  Comparison result = compare_as(shape_of(place, *from), place, from, to);
  const Comparison other = compare_as(shape, place, from, to);
  return {.removed = unite(result.removed, other.removed),
          .modified = unite(result.modified, other.modified),
          .added = unite(result.added, other.added)};
}

Comparison set_diff(const Kind* kind, const Json& from, const Json& to) {
  const Field root = root_place(kind);
  Comparison result = compare(&root, &from, &to);
  result.removed.member = result.modified.member = result.added.member = false;  // nobody owns a whole object
  return result;
}

}  // namespace kforge::schema
