// SPDX-License-Identifier: Apache-2.0
#include "schema/managers.hpp"
#include "schema/merge_values.hpp"
#include "schema/ownership.hpp"

#include <algorithm>

namespace kforge::schema {
namespace {

using Entries = std::vector<ManagedEntry>;

// One write in progress: where it stands in the schema, who writes, and what it cannot change.
struct Write {
  const Kind* kind;
  const Writer& writer;
  Field root;
  FieldSet reset;
  ManagedEntry self;

  Write(const Kind* of_kind, const Json& object, Operation operation, const Writer& by)
      : kind(of_kind), writer(by), root(root_place(of_kind)), reset(reset_fields(of_kind, by.subresource)) {
    self.manager = by.manager.empty() ? "unknown" : by.manager;
    self.operation = operation;
    self.api_version = string_at(object, {"apiVersion"});
    self.subresource = by.subresource;
    if (by.subresource != "scale") self.time = format_rfc3339(by.now);  // the server gives entries of scale no time
  }
};

Json without_managed_fields(Json object) {
  if (object.contains("metadata") && object["metadata"].is_object()) object["metadata"].erase("managedFields");
  return object;
}

void set_managed_fields(Json& object, Entries entries) {
  if (entries.empty()) {
    object = without_managed_fields(std::move(object));
  } else {
    object["metadata"]["managedFields"] = to_managed_fields(std::move(entries));
  }
}

ManagedEntry* find_entry(Entries& entries, const ManagedEntry& wanted) {
  const auto found =
      std::ranges::find_if(entries, [&](const ManagedEntry& entry) { return same_manager(entry, wanted); });
  return found == entries.end() ? nullptr : &*found;
}

Comparison changes(const Write& write, const Json& from, const Json& to) {
  const Comparison all = set_diff(write.kind, from, to);
  return {.removed = subtract_trees(all.removed, write.reset),
          .modified = subtract_trees(all.modified, write.reset),
          .added = subtract_trees(all.added, write.reset)};
}

// Takes what a write changed away from every other manager. Without force, what they would lose by changes is returned
// instead and nothing is taken.
std::vector<Conflict> take_over(Entries& entries, const ManagedEntry& self, const Comparison& change, Force force) {
  const FieldSet written = unite(change.modified, change.added);
  std::vector<Conflict> conflicts;
  for (const ManagedEntry& entry : entries) {
    if (same_manager(entry, self) || force == Force::yes) continue;
    for (const std::string& path : paths_of(intersect(entry.fields, written)))
      conflicts.push_back({.path = path.starts_with('[') ? path : "." + path, .holder = describe(entry)});
  }
  if (!conflicts.empty()) return conflicts;
  for (ManagedEntry& entry : entries)
    if (!same_manager(entry, self)) entry.fields = subtract(subtract(entry.fields, written), change.removed);
  std::erase_if(entries, [&](const ManagedEntry& entry) { return !same_manager(entry, self) && entry.fields.empty(); });
  return {};
}

// Removes what this manager applied last time, not now, and nobody else owns.
Json prune(const Write& write, const Json& merged, const Entries& entries, const FieldSet& last) {
  const auto own =
      std::ranges::find_if(entries, [&](const ManagedEntry& entry) { return same_manager(entry, write.self); });
  if (last.empty() || (own != entries.end() && subtract(last, own->fields).empty())) return merged;  // nothing left out
  const auto named = [&](const FieldSet& set) { return with_declared_parents(&write.root, set); };
  const auto leaves = [&](const Json& object) { return named(leaves_of(&write.root, object)); };
  FieldSet owned;
  for (const ManagedEntry& entry : entries) owned = unite(owned, entry.fields);

  const FieldSet merged_set = leaves(merged);
  const Json first = remove_fields(&write.root, merged, named(last));
  // Parents go with their last child: what others own below them comes back, …
  const Json second = remove_fields(&write.root, merged, subtract(merged_set, unite(leaves(first), named(owned))));
  // … and so does what nobody applied.
  return remove_fields(&write.root, merged, intersect(subtract(merged_set, leaves(second)), named(last)));
}

// Sets the fields of the writer's own entry; an entry without fields goes.
void set_own_fields(Entries& entries, const ManagedEntry& self, FieldSet fields) {
  std::erase_if(entries, [&](const ManagedEntry& entry) { return same_manager(entry, self); });
  if (fields.empty()) return;
  entries.push_back(self);
  entries.back().fields = std::move(fields);
}

// What a write that creates starts from.
Json empty_object(const Kind* kind, const Json& like) {
  Json object{
      {"apiVersion", at_path(like, {"apiVersion"})}, {"kind", at_path(like, {"kind"})}, {"metadata", Json::object()}};
  return kind != nullptr ? with_constant_fields(*kind, std::move(object), RequiredNulls::yes) : object;
}

// Objects that were never tracked belong to "before-first-apply" until then.
void adopt_untracked(const Write& write, const Json& live, Entries& entries) {
  if (!entries.empty() || live.is_null()) return;
  ManagedEntry before = write.self;
  before.manager = "before-first-apply";
  before.operation = Operation::update;
  const Comparison all = changes(write, empty_object(write.kind, live), live);
  before.fields = subtract(unite(all.added, all.modified), never_owned());
  if (!before.fields.empty()) entries.push_back(std::move(before));
}

// The form that the server's encoding gives an object; custom resources are stored as they are.
Json as_encoded(const Write& write, Json object) {
  if (write.kind == nullptr) return object;
  drop_omitted_fields(&write.root, object);
  return with_constant_fields(*write.kind, std::move(object));
}

// Gives a merged object the form that is stored, and takes back what the write cannot change.
void settle(const Write& write, const Json& before, Json& merged) {
  merged = as_encoded(write, std::move(merged));
  for (const auto& [element, ignored] : write.reset.children) {
    const std::string field = element.substr(2);
    if (before.contains(field))
      merged[field] = before[field];
    else
      merged.erase(field);
  }
}

bool same_owners(const Entries& a, const Entries& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const ManagedEntry& entry) {
           return std::ranges::any_of(b, [&](const ManagedEntry& other) {
             return same_manager(entry, other) && entry.fields == other.fields;
           });
         });
}

}  // namespace

Applied apply(const Kind* kind, const Json& live, const Json& configuration, const Writer& writer, Force force) {
  Write write(kind, configuration, Operation::apply, writer);
  Applied result;
  result.invalid = type_errors(&write.root, configuration);
  result.object = live;
  if (!result.invalid.empty()) return result;

  Entries entries = managed_fields_of(live);
  const Json before = live.is_null() ? empty_object(kind, configuration) : without_managed_fields(live);
  adopt_untracked(write, live.is_null() ? live : before, entries);
  const ManagedEntry* own = find_entry(entries, write.self);
  const FieldSet last = own != nullptr ? own->fields : FieldSet{};
  const std::string last_time = own != nullptr ? own->time : std::string{};

  const FieldSet applied = subtract_trees(leaves_of(&write.root, configuration), write.reset);
  set_own_fields(entries, write.self, applied);
  Json merged = prune(write, merge(&write.root, before, configuration), entries, last);
  result.conflicts = take_over(entries, write.self, changes(write, before, merged), force);
  if (!result.conflicts.empty()) return result;

  if (merged == before) write.self.time = last_time;
  set_own_fields(entries, write.self, subtract(applied, never_owned()));
  settle(write, before, merged);
  if (merged == before && same_owners(entries, managed_fields_of(live))) return result;
  set_managed_fields(merged, std::move(entries));
  result.object = std::move(merged);
  return result;
}

Json track_update(const Kind* kind, const Json& live, Json updated, const Writer& writer) {
  const Write write(kind, updated, Operation::update, writer);
  Entries entries = managed_fields_of(updated);
  const Json& given = at_path(updated, {"metadata", "managedFields"});
  const bool forget = given.is_array() && (given.empty() || (given.size() == 1 && given[0] == Json::object()));
  if ((entries.empty() && !forget) || !writer.subresource.empty()) entries = managed_fields_of(live);
  updated = as_encoded(write, without_managed_fields(std::move(updated)));
  const Json before = live.is_null() ? empty_object(kind, updated) : without_managed_fields(live);
  if (entries.empty() && !live.is_null()) return updated;  // untracked objects stay so until the first apply

  const Comparison change = changes(write, before, updated);
  take_over(entries, write.self, change, Force::yes);
  const FieldSet written = subtract(unite(change.modified, change.added), never_owned());
  ManagedEntry* own = find_entry(entries, write.self);
  if (own != nullptr) {
    own->fields = subtract(own->fields, change.removed);
    if (own->fields.empty()) set_own_fields(entries, write.self, {});
  }
  if (!written.empty()) {
    own = find_entry(entries, write.self);
    set_own_fields(entries, write.self, own != nullptr ? unite(own->fields, written) : written);
  }
  cap_updates(entries);
  set_managed_fields(updated, std::move(entries));
  return updated;
}

}  // namespace kforge::schema
