// SPDX-License-Identifier: Apache-2.0
#include "deploy/preview.hpp"

#include "base/text.hpp"
#include "deploy/disguise.hpp"
#include "deploy/leftovers.hpp"
#include "deploy/names.hpp"
#include "deploy/secrecy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::deploy {
namespace {

// The live object as the run leaves it, as far as it is known without writing.
const Json& result_of(const Change& change) {
  return change.outcome.is_null() ? change.intent() : change.outcome;
}

std::vector<FieldChange> fields_of(const Change& change) {
  if (change.action == Action::unchanged) return {};
  if (change.live == nullptr) return field_changes(change.kind, Json(), change.intent());
  if (change.outcome.is_null()) return intended_changes(change.kind, *change.live, change.intent());
  std::vector<FieldChange> fields = field_changes(change.kind, *change.live, change.outcome);
  // What the server adds by itself (defaults, ports that it picks) is not what anybody asked for.
  std::erase_if(fields, [&](const FieldChange& field) {
    return field.before.is_null() && value_at(change.kind, change.intent(), field.elements).is_null();
  });
  return fields;
}

Impact effect_of(const Change& change) {
  if (change.action == Action::unchanged || change.action == Action::conflict) return {};
  if (change.live != nullptr && change.outcome.is_null()) {  // the server did not say what would come of it
    Impact impact;
    impact.restarts = change.restarts;
    impact.downtime = change.restarts > 0;
    return impact;
  }
  Json after = result_of(change);
  if (change.live == nullptr && change.autoscaled_from) after["spec"]["replicas"] = *change.autoscaled_from;
  return impact_of(change.live == nullptr ? Json() : *change.live, after);
}

// The live object of the project whose place a new one takes under the hash of its new content; null when there is
// none. Of several the youngest.
const Json* predecessor_of(const Change& change, const Plan& plan) {
  const std::string name = name_without_hash(change.ref.name);
  if (change.action != Action::create || name.empty()) return nullptr;
  const auto created = [](const Json& object) { return string_at(object, {"metadata", "creationTimestamp"}); };
  const Json* youngest = nullptr;
  for (const auto& [ref, live] : plan.live) {
    const bool fits = ref.kind == change.ref.kind && ref.name_space == change.ref.name_space;
    if (!fits || name_without_hash(ref.name) != name) continue;
    if (youngest == nullptr || created(*youngest) < created(live)) youngest = &live;
  }
  return youngest;
}

// Only what it holds tells the two apart.
void note_predecessor(PlannedObject& object, const Change& change, const Json& before) {
  object.replaces = string_at(before, {"metadata", "name"});
  object.fields = field_changes(change.kind, before, change.intent());
  std::erase_if(object.fields, [](const FieldChange& field) {
    return !field.path.starts_with("data") && !field.path.starts_with("binaryData");
  });
}

std::string remark_on(const Change& change) {
  std::vector<std::string> parts;
  if (change.replace) parts.push_back(change.detail);
  if (change.adopts) parts.emplace_back("exists already, and is adopted");
  if (change.migrates) parts.emplace_back("taken over from kubectl apply");
  if (change.immutable && !change.replace)
    parts.push_back(change.remedy.empty() ? "cannot be changed, and kforge does not recreate what holds data"
                                          : fmt::format("needs {}: {}", change.remedy, change.detail));
  for (const ClaimGrowth& claim : change.claims)
    parts.push_back(fmt::format("{} grows to {}", claim.claim.name, claim.size));
  return join(parts, "; ");
}

PlannedObject planned(const Change& change, const Plan& plan, const Disguise& disguise) {
  PlannedObject object;
  object.object = change.ref;
  object.tier = change.object->tier;
  object.service = change.object->service;
  object.category = category_of(change);
  object.fields = fields_of(change);
  object.conflicts = change.conflicts;
  object.impact = effect_of(change);
  if (const Json* before = predecessor_of(change, plan)) note_predecessor(object, change, *before);
  object.remark = remark_on(change);
  if (object.category == Category::update && object.fields.empty() && object.remark.empty())
    object.remark = "no value changes: kforge takes its fields over again";
  if (change.object->origin.known()) object.place = change.object->origin;
  disguise.hide(object);
  return object;
}

PlannedObject leftover_row(const Leftover& leftover) {
  PlannedObject object;
  object.object = leftover.ref;
  object.tier = leftover.tier;
  object.service = string_at(*leftover.live, {"metadata", "labels", service_label});
  object.category = leftover.stays() ? Category::keep : Category::remove;
  object.remark = leftover.why_kept;
  object.routine = leftover.routine;
  const int pods = running_pods(*leftover.live);
  if (!leftover.stays() && pods > 0)
    object.remark = fmt::format("ends {}", counted(static_cast<std::size_t>(pods), "pod"));
  return object;
}

// Pods of one stage change together, stages one after the other.
std::map<std::string, Demand> peak_demands(const std::vector<PlannedObject>& objects) {
  std::map<std::string, Demand> growth;
  std::map<std::string, std::map<project::Tier, Demand>> surge;
  for (const PlannedObject& object : objects) {
    const std::string& name_space = object.object.name_space;
    if (object.impact.growth.pods >= 0) growth[name_space] += object.impact.growth;
    surge[name_space][object.tier] += object.impact.surge;
  }
  for (const auto& [name_space, tiers] : surge) {
    Demand largest;
    for (const auto& [tier, demand] : tiers)
      if (demand.pods > largest.pods) largest = demand;
    growth[name_space] += largest;
  }
  std::erase_if(growth, [](const auto& entry) { return entry.first.empty() || !entry.second.any(); });
  return growth;
}

std::vector<std::string> quota_remarks(Session& session, const std::map<std::string, Demand>& demands) {
  static const schema::Kind& quotas = *schema::Table::embedded().find(schema::kind_name("v1", "ResourceQuota"));
  std::vector<std::string> remarks;
  RequestGroup group(session);
  for (const auto& [name_space, demand] : demands)
    group.send(kube::list_request(quotas, name_space, ""), [&, space = name_space](kube::ApiResult result) {
      if (!result.ok()) return;  // a forecast only: who may not see quotas goes without
      for (const Json& quota : kube::items_of(std::move(result.body)))
        for (const std::string& line : shortfalls(quota, demands.at(space)))
          remarks.push_back(fmt::format("quota '{}' of namespace '{}' has too little room: {}; pods will have to wait",
                                        string_at(quota, {"metadata", "name"}), space, line));
    });
  group.finish("reading the quotas");
  std::ranges::sort(remarks);
  return remarks;
}

}  // namespace

std::string_view to_string(Category category) {
  using enum Category;
  switch (category) {
    case create:
      return "create";
    case update:
      return "update";
    case restart:
      return "restart";
    case recreate:
      return "recreate";
    case conflict:
      return "conflict";
    case remove:
      return "delete";
    case keep:
      return "keep";
    case unchanged:
      return "unchanged";
  }
  return "";
}

Category category_of(const Change& change) {
  switch (change.action) {
    case Action::create:
      return Category::create;
    case Action::update:
      if (change.replace || change.immutable) return Category::recreate;
      return change.restarts > 0 ? Category::restart : Category::update;
    case Action::remove:
      return Category::remove;
    case Action::keep:
      return Category::keep;
    case Action::conflict:
      return Category::conflict;
    case Action::unchanged:
      return Category::unchanged;
  }
  return Category::unchanged;
}

std::size_t Preview::count(Category category) const {
  return static_cast<std::size_t>(std::ranges::count(objects, category, &PlannedObject::category));
}

bool Preview::changes() const {
  return std::ranges::any_of(objects, [](const PlannedObject& object) {
    return object.category != Category::unchanged && object.category != Category::keep;
  });
}

Preview preview_of(Session& session, const Plan& plan) {
  for (const auto& [ref, live] : plan.live) learn_secret(session.masker(), live);
  const Disguise disguise(session.masker());
  Preview preview;
  preview.summary = plan.summary();
  for (const Change& change : plan.changes) preview.objects.push_back(planned(change, plan, disguise));
  for (const Leftover& leftover : plan.gone) preview.objects.push_back(leftover_row(leftover));
  preview.remarks = quota_remarks(session, peak_demands(preview.objects));
  return preview;
}

}  // namespace kforge::deploy
