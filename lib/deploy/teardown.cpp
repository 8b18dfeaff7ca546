// SPDX-License-Identifier: Apache-2.0
#include "deploy/teardown.hpp"

#include "deploy/foreign.hpp"
#include "deploy/lock_record.hpp"
#include "deploy/names.hpp"
#include "deploy/releases.hpp"
#include "deploy/selection.hpp"
#include "deploy/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::deploy {
namespace {

using project::Tier;

const schema::KindName namespace_kind = schema::kind_name("v1", "Namespace");
const schema::KindName claim_kind = schema::kind_name("v1", "PersistentVolumeClaim");
const schema::KindName secret_kind = schema::kind_name("v1", "Secret");

const schema::Kind& known(const schema::KindName& name) {
  return *schema::Table::embedded().find(name);
}

class TeardownPlan {
 public:
  TeardownPlan(Session& session, const ApplySet& set, Data data) : session_(session), set_(set), data_(data) {}

  Teardown run(const render::Rendered& rendered) {
    read(rendered);
    if (plan_.parent.is_object()) check_parent(plan_.parent, set_);
    std::vector<Removal> claims, namespaces;
    for (const auto& [ref, object] : live_) sort_out(ref, object, claims, namespaces);
    add_steps();
    if (data_ == Data::keep) {
      keep(claims);
      keep(namespaces);
      keep_record(values_secret(set_));
      keep_record(set_.parent());
    } else {
      remove_data(std::move(claims), std::move(namespaces));
    }
    return std::move(plan_);
  }

 private:
  // Every scope that the project file or the parent's record names. Without a record the project file has to do.
  void read(const render::Rendered& rendered) {
    std::vector<Lookup> parent{{set_.parent(), &known(secret_kind)}};
    read_objects(session_, parent, live_);
    if (const Json* found = live_.find(set_.parent())) plan_.parent = *found;
    if (data_ == Data::remove) {
      read_history();
      read_lease();
    }
    std::set<Scope> scopes{{&known(secret_kind), set_.name_space}, {&known(claim_kind), set_.name_space}};
    for (const render::Object& object : rendered.objects) {
      const kube::ObjectRef ref = kube::ref_of(object.manifest);
      tiers_.emplace(ref, object.tier);
      const schema::Kind* kind = find_kind(ref.kind);
      if (kind == nullptr) continue;
      scopes.emplace(kind, ref.name_space);
      if (ref.kind.kind == "StatefulSet") scopes.emplace(&known(claim_kind), ref.name_space);
    }
    add_scopes(scopes, scopes_of(extent_of(plan_.parent), set_));
    read_scopes(session_, scopes, live_);
  }

  void read_history() {
    RequestGroup group(session_);
    group.send(history_request(set_), [this](kube::ApiResult result) {
      if (result.ok()) records_ = kube::items_of(std::move(result.body));
    });
    group.finish("reading the releases");
  }

  // An account that may not see Leases has taken none.
  void read_lease() {
    RequestGroup group(session_);
    const kube::ObjectRef ref = lock_lease(set_);
    group.send(kube::get_request(known(ref.kind), ref), [this](kube::ApiResult result) {
      if (result.ok()) lease_ = std::move(result.body);
    });
    group.finish("looking at the deploy lock");
  }

  const schema::Kind* find_kind(const schema::KindName& name) {
    if (const schema::Kind* kind = schema::Table::embedded().find(name)) return kind;
    try {
      return &kube::resolve_kind(session_.client(), name);
    } catch (const Error& error) {
      if (error.kind == ErrorKind::rejected) return nullptr;  // its definition is gone, and its objects with it
      throw;
    }
  }

  void sort_out(const kube::ObjectRef& ref, const Json& object, std::vector<Removal>& claims,
                std::vector<Removal>& namespaces) {
    if (ref == set_.parent() || ref == values_secret(set_)) return;
    Removal removal{.ref = ref, .kind = find_kind(ref.kind), .uid = kube::uid_of(object)};
    if (ref.kind == claim_kind && is_ours_or_unmarked(object)) {
      claims.push_back(std::move(removal));
    } else if (!is_member(object, set_.membership()) || removal.kind == nullptr) {
      return;
    } else if (ref.kind == namespace_kind) {
      namespaces.push_back(std::move(removal));
    } else {
      removal.scales_down = ref.kind.kind == "StatefulSet" && int_at(object, {"spec", "replicas"}, 1) > 0;
      // Later waves go first.
      by_order_[{-static_cast<int>(tier_of(ref)), -static_cast<int>(render::wave_of(object))}].push_back(
          std::move(removal));
    }
  }

  // A claim made from a template has the project's label, but is no member of the ApplySet.
  bool is_ours_or_unmarked(const Json& claim) const {
    const std::string set = string_at(claim, {"metadata", "labels", part_of_label});
    return string_at(claim, {"metadata", "labels", project_label}) == set_.project && (set.empty() || set == set_.id);
  }

  Tier tier_of(const kube::ObjectRef& ref) const {
    if (const auto found = tiers_.find(ref); found != tiers_.end()) return found->second;
    for (const Tier tier : {Tier::gateway, Tier::backend, Tier::auth, Tier::database})
      if (ref.name_space == session_.project().namespaces.of(tier)) return tier;
    return Tier::namespaces;
  }

  void add_steps() {
    for (auto& [order, removals] : by_order_)
      plan_.steps.push_back({.tier = static_cast<Tier>(-order.first), .removals = std::move(removals)});
  }

  void keep(const std::vector<Removal>& objects) {
    for (const Removal& object : objects) {
      plan_.kept.push_back(object.ref);
      if (object.ref.kind == namespace_kind) plan_.remaining.add(object.ref, set_);
    }
  }

  void keep_record(const kube::ObjectRef& ref) {
    if (live_.find(ref) != nullptr) plan_.kept.push_back(ref);
  }

  void remove_record(const kube::ObjectRef& ref) {
    if (const Json* live = live_.find(ref))
      plan_.steps.push_back(
          {Tier::namespaces, {{.ref = ref, .kind = &known(secret_kind), .uid = kube::uid_of(*live)}}});
  }

  void remove_history() {
    TeardownStep step{Tier::namespaces, {}};
    for (const Json& record : records_)
      step.removals.push_back({.ref = {secret_kind, set_.name_space, string_at(record, {"metadata", "name"})},
                               .kind = &known(secret_kind),
                               .uid = kube::uid_of(record)});
    if (!step.removals.empty()) plan_.steps.push_back(std::move(step));
  }

  // In a namespace that stays; otherwise it goes with it.
  void remove_lease() {
    const kube::ObjectRef ref = lock_lease(set_);
    if (!lease_.is_null())
      plan_.steps.push_back({Tier::namespaces, {{.ref = ref, .kind = &known(ref.kind), .uid = kube::uid_of(lease_)}}});
  }

  // The parent and its namespace come last: as long as they stand, another `down` knows what is left. The lock is held
  // until there is nothing to write any more.
  void remove_data(std::vector<Removal> claims, std::vector<Removal> namespaces) {
    std::vector<Removal> others, own;
    for (Removal& space : namespaces) {
      if (!may_go(space)) continue;
      (space.ref.name == set_.name_space ? own : others).push_back(std::move(space));
    }
    for (std::vector<Removal>* group : {&claims, &others})
      if (!group->empty()) plan_.steps.push_back({Tier::namespaces, std::move(*group)});
    remove_history();
    remove_record(values_secret(set_));
    remove_record(set_.parent());
    if (own.empty())
      remove_lease();
    else
      plan_.steps.push_back({Tier::namespaces, std::move(own)});
  }

  bool may_go(const Removal& space) {
    const std::optional<std::string> reason = reason_to_keep(session_, *live_.find(space.ref), set_.membership());
    if (!reason) return true;
    plan_.kept.push_back(space.ref);
    plan_.remaining.add(space.ref, set_);
    plan_.reasons.push_back(fmt::format("namespace '{}' stays: {}", space.ref.name, *reason));
    return false;
  }

  Session& session_;
  const ApplySet& set_;
  Data data_;
  LiveObjects live_;
  std::vector<Json> records_;  // of releases
  Json lease_;                 // the deploy lock, or null
  std::map<kube::ObjectRef, Tier> tiers_;
  std::map<std::pair<int, int>, std::vector<Removal>> by_order_;
  Teardown plan_;
};

}  // namespace

Teardown plan_teardown(Session& session, const ApplySet& set, const render::Rendered& rendered, Data data) {
  return TeardownPlan(session, set, data).run(rendered);
}

}  // namespace kforge::deploy
