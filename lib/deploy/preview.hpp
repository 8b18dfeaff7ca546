// SPDX-License-Identifier: Apache-2.0
// A plan as people and documents see it: values only, with nothing secret in it.
#pragma once

#include "deploy/impact.hpp"
#include "deploy/plan.hpp"
#include "deploy/session.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

// What happens to an object. A restart is an update that replaces its pods.
enum class Category { create, update, restart, recreate, conflict, remove, keep, unchanged };
std::string_view to_string(Category category);  // "delete" for remove
Category category_of(const Change& change);

struct PlannedObject {
  kube::ObjectRef object;
  project::Tier tier = project::Tier::namespaces;
  std::string service;
  Category category = Category::unchanged;
  std::vector<FieldChange> fields;  // of what is created, every field of the intent
  std::string replaces;             // the object that had this content before it changed, and so its name
  std::vector<HeldField> conflicts;
  Impact impact;
  std::string remark;                // why it is recreated, kept, or cannot be done
  bool routine = false;              // kept for a while as a matter of course
  std::optional<SourcePlace> place;  // in kforge.yaml
};

struct Preview {
  std::vector<PlannedObject> objects;  // in the order of the run
  PlanSummary summary;
  std::vector<std::string> remarks;  // what quotas leave too little room for
  std::string baseline{};            // of a drift: what it was compared with, "r3" or "kforge.yaml"

  std::size_t count(Category category) const;
  bool changes() const;  // whether `up` would write objects
};

// Values of Secrets are keyed hashes ("#1a2b3c4d", the key is new for every run), what is known to be secret elsewhere
// is masked. Asks the cluster for the quotas of namespaces in which pods change, when the account may see them.
Preview preview_of(Session& session, const Plan& plan);

}  // namespace kforge::deploy
