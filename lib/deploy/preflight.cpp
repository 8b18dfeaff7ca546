// SPDX-License-Identifier: Apache-2.0
#include "deploy/preflight.hpp"

#include "base/text.hpp"
#include "deploy/adoption.hpp"
#include "deploy/claims.hpp"
#include "deploy/compare.hpp"
#include "deploy/guards.hpp"
#include "deploy/immutable.hpp"
#include "deploy/leftovers.hpp"
#include "deploy/migration.hpp"
#include "deploy/names.hpp"
#include "deploy/refusals.hpp"
#include "deploy/selection.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

const schema::KindName namespace_kind = schema::kind_name("v1", "Namespace");
const schema::KindName secret_kind = schema::kind_name("v1", "Secret");

const schema::Kind& known(const schema::KindName& name) {
  return *schema::Table::embedded().find(name);
}

class Preflight {
 public:
  Preflight(Session& session, const ApplySet& set, const PlanOptions& options)
      : session_(session), set_(set), options_(options) {}

  Plan run(const render::Rendered& rendered) {
    plan_.changes = selected_changes(rendered, options_.services);
    mark_autoscaled(plan_.changes);
    resolve_kinds();
    read_members();
    read_parent();
    read_unlabelled();
    if (options_.guards == Guards::on) {
      check_namespaces(plan_, options_.services);
      check_ownership(plan_, set_.membership());
      check_paused(plan_);
    }
    note_first_contacts();
    const std::vector<Change*> doubtful = decide_offline();
    ask_server(doubtful);
    find_leftovers(session_, set_, rendered, options_, unseen_, plan_);
    return std::move(plan_);
  }

 private:
  // A kind that neither the table nor the cluster knows may come from a CRD of the same run.
  void resolve_kinds() {
    for (Change& change : plan_.changes) {
      change.kind = schema::Table::embedded().find(change.ref.kind);
      if (change.kind != nullptr) continue;
      try {
        change.kind = &kube::resolve_kind(session_.client(), change.ref.kind);
      } catch (const Error& error) {
        if (error.kind != ErrorKind::rejected || !defined_in_run(plan_.changes, change.ref.kind)) throw;
      }
    }
  }

  void read_members() {
    for (const Change& change : plan_.changes)
      if (change.kind != nullptr) scopes_.emplace(change.kind, change.ref.name_space);
    scopes_.emplace(&known(secret_kind), set_.name_space);
    read_scopes(session_, scopes_, plan_.live);
  }

  // The parent may name kinds and namespaces that the project file has no more.
  void read_parent() {
    const Json* parent = plan_.live.find(set_.parent());
    if (parent == nullptr) return;
    check_parent(*parent, set_);
    plan_.parent = *parent;
    if (!options_.services.empty()) return;  // such a run takes nothing off the record
    unseen_ = read_recorded(session_, extent_of(*parent), scopes_, set_, plan_.live);
  }

  // Objects without our label may still exist. Namespaces first: nothing can be in one that is not there.
  void read_unlabelled() {
    std::vector<Lookup> spaces = missing_among(namespaces_of(plan_.changes));
    read_objects(session_, spaces, plan_.live);
    for (const Lookup& space : spaces)
      if (!space.forbidden && plan_.live.find(space.ref) == nullptr) plan_.missing_namespaces.insert(space.ref.name);
    std::vector<Lookup> objects;
    for (const Change& change : plan_.changes)
      if (can_exist(change) && plan_.live.find(change.ref) == nullptr && change.ref.kind != namespace_kind)
        objects.push_back({change.ref, change.kind});
    read_objects(session_, objects, plan_.live);
    for (const Lookup& object : objects)
      if (object.forbidden)
        throw Error(ErrorKind::forbidden, fmt::format("this account may not read {}", object.ref.to_string()))
            .hint("grant it 'get' on " + std::string(object.kind->plural));
    for (Change& change : plan_.changes) change.live = plan_.live.find(change.ref);
  }

  std::vector<Lookup> missing_among(const std::set<std::string>& namespaces) const {
    std::vector<Lookup> missing;
    for (const std::string& name : namespaces) {
      const kube::ObjectRef ref{namespace_kind, "", name};
      if (plan_.live.find(ref) == nullptr) missing.push_back({ref, &known(namespace_kind)});
    }
    return missing;
  }

  bool can_exist(const Change& change) const {
    return change.kind != nullptr && !plan_.missing_namespaces.contains(change.ref.name_space);
  }

  void note_first_contacts() {
    for (Change& change : plan_.changes) {
      change.adopts = is_adoption(change, set_.membership());
      // A namespace stays its maker's, so that `down` never takes it away.
      const bool may = change.live != nullptr && change.ref.kind != namespace_kind;
      change.migrates = may && !client_side_appliers(*change.live).empty();
    }
  }

  // Sets the action of every change that needs no question to the server; returns the others.
  std::vector<Change*> decide_offline() {
    const Extent extent = extent_of(plan_.parent);
    std::vector<Change*> doubtful;
    for (Change& change : plan_.changes) {
      if (change.live == nullptr) {
        change.finished_before = change.ref.kind.kind == "Job" &&
                                 extent.finished_jobs.contains(change.ref.name_space + "/" + change.ref.name);
        change.action = change.finished_before ? Action::unchanged : Action::create;
        if (!change.finished_before && can_exist(change)) doubtful.push_back(&change);
      } else if (is_failed_job(*change.live)) {
        change.replace = kube::Propagation::background;
        change.action = Action::update;
        change.detail = "failed before, runs again";
      } else if (is_up_to_date(change.kind, change.intent(), *change.live, field_manager)) {
        change.action = Action::unchanged;
      } else {
        doubtful.push_back(&change);
      }
    }
    return doubtful;
  }

  void ask_server(const std::vector<Change*>& doubtful) {
    RequestGroup group(session_);
    for (Change* change : doubtful) {
      change->force = options_.force_conflicts;
      dry_run(group, *change);
    }
    group.finish("the server checks the changes");
    check_claims();
    std::ranges::sort(plan_.refusals, {}, &Refusal::change);  // in the order of the plan, not of the answers
  }

  // Fields of kforge's own other managers, and replicas that an autoscaler of the project set before it was taken out
  // of the project file.
  bool may_take_back(const Change& change, const kube::ApiResult& result) const {
    if (kube::conflicts_of(result).empty()) return false;
    auto foreign = foreign_conflicts(result);
    std::erase_if(foreign, [&](const kube::FieldConflict& conflict) { return comes_over(change, conflict); });
    return foreign.empty() ||
           (std::ranges::all_of(foreign, is_set_by_autoscaler) && had_autoscaler(plan_, change, set_.membership()));
  }

  // What a first contact takes over anyway: fields of `kubectl apply`, and of objects that nobody has ever tracked.
  static bool comes_over(const Change& change, const kube::FieldConflict& conflict) {
    return (change.migrates && client_side_appliers(*change.live).contains(conflict.manager)) ||
           (change.adopts && conflict.manager == "before-first-apply");
  }

  static bool is_set_by_autoscaler(const kube::FieldConflict& conflict) {
    return conflict.manager == "kube-controller-manager" && conflict.field == ".spec.replicas";
  }

  void dry_run(RequestGroup& group, Change& change) {
    const kube::ApplyOptions options{
        .field_manager = field_manager, .force = change.force, .dry_run = kube::DryRun::server};
    group.send(kube::apply_request(*change.kind, change.intent(), options),
               [this, &group, &change](kube::ApiResult result) {
                 if (result.ok()) return judge_dry_run(change, std::move(result.body));
                 if (cannot_be_tried(result)) return note_untried(change, result);
                 if (change.force || !may_take_back(change, result)) return note_refusal(change, std::move(result));
                 change.force = true;  // nobody else loses a field
                 dry_run(group, change);
               });
  }

  void note_refusal(Change& change, kube::ApiResult result) {
    if (change.live != nullptr && is_immutable_refusal(result) && recreates(change)) return;
    change.action = change.live != nullptr ? Action::update : Action::create;
    if (change.live != nullptr) change.conflicts = held_fields(change, result);
    if (!change.conflicts.empty()) change.action = Action::conflict;
    plan_.refusals.push_back({&change, std::move(result)});
  }

  // Plans the way around fields that cannot be changed; false when it may not be taken.
  bool recreates(Change& change) {
    change.immutable = true;
    const std::optional<Way> way = way_to_recreate(change);
    if (!way) return false;
    const std::string name = recreate_name(change.ref);
    const bool automatic = way->automatic && is_member(*change.live, set_.membership());
    if (!automatic && std::ranges::find(options_.recreate, name) == options_.recreate.end()) {
      change.remedy = "--recreate " + name;
      change.detail = way->effect;
      return false;
    }
    change.action = Action::update;
    change.replace = way->propagation;
    change.detail = "recreated: " + way->effect;
    if (way->propagation != kube::Propagation::orphan) change.restarts = running_pods(*change.live);
    change.claims = wanted_growth(change);
    return true;
  }

  // A storage class may not let volumes grow; that has to be known before the StatefulSet is gone.
  void check_claims() {
    RequestGroup group(session_);
    for (Change& change : plan_.changes)
      for (const ClaimGrowth& claim : change.claims)
        group.send(growth_request(claim, kube::DryRun::server), [this, &change](kube::ApiResult result) {
          if (!result.ok() && !result.not_found()) plan_.refusals.push_back({&change, std::move(result)});
        });
    group.finish("the server checks the volumes");
  }

  // An admission webhook that has side effects refuses dry runs; that says nothing about the real write.
  static bool cannot_be_tried(const kube::ApiResult& result) {
    return result.status == 400 && contains(string_at(result.body, {"message"}), "does not support dry run");
  }

  void note_untried(Change& change, const kube::ApiResult& result) {
    change.action = change.live != nullptr ? Action::update : Action::create;
    session_.emit(WarningText{fmt::format("{} could not be checked beforehand: {}", change.ref.to_string(),
                                          string_at(result.body, {"message"}))});
  }

  static void judge_dry_run(Change& change, Json outcome) {
    if (change.live == nullptr) {
      change.action = Action::create;
      return;
    }
    change.action = same_object(outcome, *change.live) ? Action::unchanged : Action::update;
    if (change.action == Action::unchanged) return;
    if (change.migrates) outcome = outcome_after_migration(change.kind, *change.live, change.intent(), outcome);
    change.restarts = restarted_pods(*change.live, outcome);
    change.detail = describe_difference(change);
    if (change.migrates)
      change.detail = "taken over from kubectl apply" + (change.detail.empty() ? "" : ", " + change.detail);
    change.outcome = std::move(outcome);
  }

  Session& session_;
  const ApplySet& set_;
  const PlanOptions& options_;
  std::set<Scope> scopes_;
  std::map<Scope, Error> unseen_;  // where the account may not look for members
  Plan plan_;
};

}  // namespace

Plan make_plan(Session& session, const ApplySet& set, const render::Rendered& rendered, const PlanOptions& options) {
  return Preflight(session, set, options).run(rendered);
}

}  // namespace kforge::deploy
