// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_ssa.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using schema::Field;
using schema::FieldSet;
using schema::FieldType;
using schema::ListType;

// What a step into a value leads to: the type of an object, or the element of a map.
struct Shape {
  const schema::Type* object = nullptr;
  const Field* element = nullptr;
};

const Field* field_of(const Shape& shape, const std::string& name) {
  return shape.object != nullptr ? shape.object->find(name) : shape.element;
}

Shape shape_of(const Field* field) {
  if (field == nullptr) return {};
  if (field->type == FieldType::map) return {.object = nullptr, .element = field->element};
  return {.object = field->object_type, .element = nullptr};
}

bool same_item(const Field& list, const Json& a, const Json& b) {
  if (list.list_type == ListType::set) return a == b;
  return std::ranges::all_of(list.merge_keys, [&](std::string_view key) {
    const Json& left = at_path(a, {key});
    const Json& right = at_path(b, {key});
    // The only default among Kubernetes' merge keys.
    if (key == "protocol") return string_at(a, {key}, "TCP") == string_at(b, {key}, "TCP");
    return left == right;
  });
}

void merge_object(const Shape& shape, Json& live, const Json& intent);

void merge_list(const Field& list, Json& live, const Json& intent) {
  for (const Json& item : intent) {
    const auto found = std::ranges::find_if(live, [&](const Json& other) { return same_item(list, other, item); });
    if (found == live.end())
      live.push_back(item);
    else if (list.list_type == ListType::map)
      merge_object(shape_of(list.element), *found, item);
  }
}

void merge_value(const Field* field, Json& live, const Json& intent) {
  const bool atomic = field != nullptr && field->atomic;
  if (intent.is_object() && live.is_object() && !atomic) return merge_object(shape_of(field), live, intent);
  if (intent.is_array() && live.is_array() && field != nullptr && field->list_type != ListType::atomic)
    return merge_list(*field, live, intent);
  live = intent;
}

void merge_object(const Shape& shape, Json& live, const Json& intent) {
  for (const auto& [key, value] : intent.items())
    if (live.contains(key))
      merge_value(field_of(shape, key), live[key], value);
    else
      live[key] = value;
}

void remove_fields(Json& value, const FieldSet& gone);

void remove_child(Json& value, const std::string& element, const FieldSet& gone) {
  if (element.starts_with("f:")) {
    const std::string name = element.substr(2);
    if (!value.is_object() || !value.contains(name)) return;
    remove_fields(value[name], gone);
    if (gone.member && (gone.children.empty() || value[name].empty())) value.erase(name);
  } else if (value.is_array()) {
    const Json* item = schema::find_item(value, element);
    if (item == nullptr) return;
    const auto index = static_cast<std::size_t>(item - &value[0]);
    if (gone.member)
      value.erase(index);
    else
      remove_fields(value[index], gone);
  }
}

void remove_fields(Json& value, const FieldSet& gone) {
  for (const auto& [element, child] : gone.children) remove_child(value, element, child);
}

bool is_entry_of(const Json& entry, const SsaRequest& request, std::string_view operation) {
  return string_at(entry, {"manager"}) == request.manager && string_at(entry, {"operation"}) == operation &&
         string_at(entry, {"subresource"}).empty();
}

Json entry(const SsaRequest& request, const FieldSet& set, const char* operation, const Json& object) {
  return {{"manager", request.manager}, {"operation", operation},   {"apiVersion", string_at(object, {"apiVersion"})},
          {"time", request.time},       {"fieldsType", "FieldsV1"}, {"fieldsV1", schema::to_fields_v1(set)}};
}

Json entries_of(const Json& object) {
  const Json& entries = at_path(object, {"metadata", "managedFields"});
  return entries.is_array() ? entries : Json::array();
}

const Json* value_at(const Json* value, const FieldSet& path) {
  while (value != nullptr && !path.children.empty()) {
    const auto& [element, child] = *path.children.begin();
    if (element.starts_with("f:"))
      value = value->is_object() && value->contains(element.substr(2)) ? &(*value)[element.substr(2)] : nullptr;
    else
      value = value->is_array() ? schema::find_item(*value, element) : nullptr;
    if (value == nullptr || child.children.empty()) return value;
    return value_at(value, child);
  }
  return value;
}

// Leaf members of a set, each as a set with one path.
void leaves(const FieldSet& set, const FieldSet& path, std::vector<FieldSet>& out);

FieldSet extended(const FieldSet& path, const std::string& element) {
  FieldSet copy = path;
  FieldSet* end = &copy;
  while (!end->children.empty()) end = &end->children.begin()->second;
  end->children[element];
  return copy;
}

void leaves(const FieldSet& set, const FieldSet& path, std::vector<FieldSet>& out) {
  if (set.member && set.children.empty()) out.push_back(path);
  for (const auto& [element, child] : set.children) leaves(child, extended(path, element), out);
}

FieldSet as_member(FieldSet path) {
  FieldSet* end = &path;
  while (!end->children.empty()) end = &end->children.begin()->second;
  end->member = true;
  return path;
}

// The leaves of `set` whose values differ between two objects.
FieldSet differing(const FieldSet& set, const Json& a, const Json& b) {
  std::vector<FieldSet> paths;
  leaves(set, {}, paths);
  FieldSet result;
  for (const FieldSet& path : paths) {
    const Json *left = value_at(&a, path), *right = value_at(&b, path);
    if ((left == nullptr) != (right == nullptr) || (left != nullptr && *left != *right))
      result = schema::unite(result, as_member(path));
  }
  return result;
}

std::vector<SsaConflict> find_conflicts(const Json& live, const SsaRequest& request, const FieldSet& wanted) {
  std::vector<SsaConflict> conflicts;
  for (const Json& other : entries_of(live)) {
    if (is_entry_of(other, request, "Apply")) continue;
    const FieldSet shared = schema::intersect(schema::parse_fields_v1(at_path(other, {"fieldsV1"})), wanted);
    for (const std::string& field : schema::paths_of(differing(shared, live, request.intent)))
      conflicts.push_back({string_at(other, {"manager"}), string_at(other, {"operation"}),
                           string_at(other, {"apiVersion"}), string_at(other, {"time"}), "." + field});
  }
  return conflicts;
}

// Takes fields away from every other manager; managers that own nothing any more disappear.
Json without_fields(const Json& entries, const SsaRequest& request, std::string_view operation, const FieldSet& taken) {
  Json kept = Json::array();
  for (Json other : entries) {
    if (is_entry_of(other, request, operation)) continue;
    const FieldSet rest = schema::subtract(schema::parse_fields_v1(at_path(other, {"fieldsV1"})), taken);
    if (rest.empty()) continue;
    other["fieldsV1"] = schema::to_fields_v1(rest);
    kept.push_back(std::move(other));
  }
  return kept;
}

FieldSet owned(const Json& entries, const SsaRequest& request, bool by_manager) {
  FieldSet set;
  for (const Json& other : entries)
    if (is_entry_of(other, request, "Apply") == by_manager)
      set = schema::unite(set, schema::parse_fields_v1(at_path(other, {"fieldsV1"})));
  return set;
}

}  // namespace

SsaResult server_side_apply(const Json& live, const SsaRequest& request) {
  SsaRequest applied = request;
  applied.intent.erase("status");
  const FieldSet wanted = schema::field_set_of(request.kind, applied.intent);
  SsaResult result{.object = live.is_null() ? Json::object() : live, .conflicts = {}};
  if (!request.force) result.conflicts = find_conflicts(result.object, applied, wanted);
  if (!result.conflicts.empty()) return result;
  const Json entries = entries_of(result.object);
  const FieldSet gone =
      schema::subtract(schema::subtract(owned(entries, request, true), wanted), owned(entries, request, false));
  remove_fields(result.object, gone);
  Json kept = without_fields(entries, request, "Apply", differing(wanted, result.object, applied.intent));
  merge_object({.object = request.kind != nullptr ? request.kind->type : nullptr, .element = nullptr}, result.object,
               applied.intent);
  Json mine = entry(request, wanted, "Apply", result.object);
  for (const Json& old : entries)  // the time moves only when the set changes
    if (is_entry_of(old, request, "Apply") && at_path(old, {"fieldsV1"}) == mine["fieldsV1"])
      mine["time"] = old["time"];
  kept.push_back(std::move(mine));
  result.object["metadata"]["managedFields"] = std::move(kept);
  return result;
}

void record_update(Json& after, const Json& before, const SsaRequest& request) {
  const Json entries = entries_of(after);
  const FieldSet now = schema::field_set_of(request.kind, after);
  const FieldSet changed = differing(now, before.is_null() ? Json::object() : before, after);
  if (changed.empty()) return;
  FieldSet mine = changed;
  for (const Json& old : entries)
    if (is_entry_of(old, request, "Update"))
      mine = schema::unite(mine, schema::parse_fields_v1(at_path(old, {"fieldsV1"})));
  Json kept = without_fields(entries, request, "Update", changed);
  kept.push_back(entry(request, schema::intersect(mine, now), "Update", after));
  after["metadata"]["managedFields"] = std::move(kept);
}

}  // namespace kforge::tests
