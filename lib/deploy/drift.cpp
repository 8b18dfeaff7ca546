// SPDX-License-Identifier: Apache-2.0
#include "deploy/drift.hpp"

#include "deploy/disguise.hpp"
#include "deploy/names.hpp"
#include "deploy/secrecy.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

using Entries = std::vector<schema::ManagedEntry>;

bool is_foreign(const schema::ManagedEntry& entry) {
  return entry.subresource.empty() && !is_own_manager(entry.manager) && !rollout::is_controller_manager(entry.manager);
}

// Who changed a field last; of one that was removed nobody knows.
void name_holder(FieldChange& field, const Entries& entries) {
  const std::vector<Holder> holders = other_holders(entries, field.elements);
  if (holders.empty()) return;
  field.manager = holders.front().manager;
  field.since = holders.front().since;
}

FieldChange reversed(FieldChange field) {
  std::swap(field.before, field.after);
  return field;
}

// Places of a set that hold a value: leaves, but not the lists and maps on the way.
void collect_leaves(const schema::FieldSet& set, FieldPath& path, std::vector<FieldPath>& leaves) {
  for (const auto& [element, child] : set.children) {
    path.push_back(element);
    if (child.children.empty())
      leaves.push_back(path);
    else
      collect_leaves(child, path, leaves);
    path.pop_back();
  }
}

bool is_noise(const FieldPath& path) {
  static constexpr std::string_view annotations = "f:annotations";
  if (path.front() == "f:status") return true;
  if (path.size() < 2 || path[0] != "f:metadata") return false;
  return path[1] != annotations ? path[1] != "f:labels" : path.size() == 3 && is_noise_annotation(path[2].substr(2));
}

// A key of a list item is no value of its own: it stands in the path.
bool is_key(const FieldPath& path) {
  if (path.size() < 2 || !path[path.size() - 2].starts_with("k:")) return false;
  const Json keys = Json::parse(path[path.size() - 2].substr(2), nullptr, false);
  return keys.is_object() && keys.contains(path.back().substr(2));
}

class Drift {
 public:
  Drift(const Change& change, PlannedObject& object)
      : change_(change), object_(object), entries_(schema::managed_fields_of(*change.live)) {}

  void find() {
    if (!change_.outcome.is_null())
      for (const FieldChange& field : field_changes(change_.kind, *change_.live, change_.outcome)) note(field);
    else if (change_.action == Action::update)
      for (const FieldChange& field : intended_changes(change_.kind, *change_.live, change_.intent())) note(field);
    for (const schema::ManagedEntry& entry : entries_)
      if (is_foreign(entry)) note_additions(entry);
  }

 private:
  void note(const FieldChange& found) {
    FieldChange field = reversed(found);
    name_holder(field, entries_);
    if (!rollout::is_controller_manager(field.manager)) add(std::move(field));
  }

  // Fields that the release does not have, and so would stay when it is applied again.
  void note_additions(const schema::ManagedEntry& entry) {
    std::vector<FieldPath> leaves;
    FieldPath path;
    collect_leaves(entry.fields, path, leaves);
    for (const FieldPath& leaf : leaves) {
      if (is_noise(leaf) || is_key(leaf) || !value_at(change_.kind, change_.intent(), leaf).is_null()) continue;
      const Json& value = value_at(change_.kind, *change_.live, leaf);
      if (value.is_null()) continue;
      FieldChange field{.path = path_text(change_.kind, leaf), .elements = leaf, .before = nullptr, .after = value};
      field.manager = entry.manager;
      field.since = parse_rfc3339(entry.time);
      add(std::move(field));
    }
  }

  void add(FieldChange field) {
    if (std::ranges::find(object_.fields, field.path, &FieldChange::path) == object_.fields.end())
      object_.fields.push_back(std::move(field));
  }

  const Change& change_;
  PlannedObject& object_;
  Entries entries_;
};

PlannedObject drifted(const Change& change) {
  PlannedObject object;
  object.object = change.ref;
  object.tier = change.object->tier;
  object.service = change.object->service;
  if (change.live == nullptr) {
    if (change.finished_before) return object;
    object.category = Category::remove;
    object.remark = "is not in the cluster";
    return object;
  }
  Drift(change, object).find();
  if (!object.fields.empty()) object.category = Category::update;
  return object;
}

}  // namespace

PlanOptions drift_options() {
  PlanOptions options;
  options.force_conflicts = true;
  options.keep_leftovers = "kforge drift";
  options.guards = Guards::off;
  return options;
}

Preview drift_of(Session& session, const Plan& plan) {
  for (const auto& [ref, live] : plan.live) learn_secret(session.masker(), live);
  const Disguise disguise(session.masker());
  Preview preview;
  for (const Change& change : plan.changes) {
    preview.objects.push_back(drifted(change));
    disguise.hide(preview.objects.back());
  }
  return preview;
}

Preview drift_of(Session& session, const ApplySet& set, const render::Rendered& release,
                 const std::vector<std::string>& services) {
  PlanOptions options = drift_options();
  options.services = services;
  const Plan plan = make_plan(session, set, release, options);
  return drift_of(session, plan);
}

}  // namespace kforge::deploy
