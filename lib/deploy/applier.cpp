// SPDX-License-Identifier: Apache-2.0
#include "deploy/applier.hpp"

#include "deploy/compare.hpp"
#include "deploy/migration.hpp"
#include "deploy/names.hpp"

#include <utility>

namespace kforge::deploy {
namespace {

// As many as the client sends at once: what waits here has not been sent, so an interrupt can still hold it back.
constexpr std::size_t at_once = 32;
constexpr int most_migrations = 5;
constexpr std::int64_t default_replicas = 1;  // what the server fills in, and nobody then owns

Json with_replicas(Json manifest, std::int64_t replicas) {
  manifest["spec"]["replicas"] = replicas;
  return manifest;
}

// The object with nothing but its name.
Json bare(const Change& change) {
  Json metadata = {{"name", change.ref.name}};
  if (!change.ref.name_space.empty()) metadata["namespace"] = change.ref.name_space;
  return {{"apiVersion", change.intent().at("apiVersion")},
          {"kind", change.intent().at("kind")},
          {"metadata", std::move(metadata)}};
}

Json replicas_only(const Change& change, std::int64_t replicas) {
  Json manifest = bare(change);
  manifest["spec"] = {{"replicas", replicas}};
  return manifest;
}

Json cause_only(const Change& change, const std::string& cause) {
  Json manifest = bare(change);
  manifest["metadata"]["annotations"] = {{change_cause_annotation, cause}};
  return manifest;
}

// Whether writing it makes a revision that `kubectl rollout history` lists.
bool makes_revision(const Change& change) {
  if (!is_workload(change.ref.kind.kind)) return false;
  if (change.part) return change.part->rolls;
  const Json& after = change.outcome.is_null() ? change.intent() : change.outcome;
  return change.live == nullptr || change.replace ||
         at_path(*change.live, {"spec", "template"}) != at_path(after, {"spec", "template"});
}

bool owns_replicas(const Json& live) {
  return !at_path(apply_entry(live, field_manager), {"fieldsV1", "f:spec", "f:replicas"}).is_null();
}

}  // namespace

std::deque<Applier::Step> Applier::steps_of(const Change& change) const {
  std::deque<Step> steps;
  if (change.part)
    steps.push_back(
        {kube::apply_request(*change.kind, change.part->body, {.field_manager = change.part->manager, .force = true})});
  else
    steps = deploy_steps_of(change);
  // After the template, so that controllers copy it to the new revision and not to the old one.
  if (!cause_.empty() && makes_revision(change))
    steps.push_back({.request = kube::apply_request(*change.kind, cause_only(change, cause_),
                                                    {.field_manager = cause_manager, .force = true})});
  return steps;
}

// A workload whose autoscaler owns the replicas must not lose them on the way: it is created with the minimum, then a
// second manager takes a share of the field, and only then kforge lets go of it (deploy-engine §4.5).
std::deque<Applier::Step> Applier::deploy_steps_of(const Change& change) {
  const kube::ApplyOptions options{.field_manager = field_manager, .force = change.force};
  const kube::ApplyOptions handover{.field_manager = handover_manager};
  std::deque<Step> steps;
  if (change.migrates && !change.replace)
    steps.push_back({.request = migration_request(*change.kind, *change.live), .migration = 1});
  if (change.autoscaled_from && (change.live == nullptr || change.replace)) {
    const std::int64_t replicas = change.live == nullptr
                                      ? *change.autoscaled_from
                                      : int_at(*change.live, {"spec", "replicas"}, *change.autoscaled_from);
    if (replicas != default_replicas) {
      steps.push_back(
          {.request = kube::apply_request(*change.kind, with_replicas(change.intent(), replicas), options)});
      steps.push_back({.request = kube::apply_request(*change.kind, replicas_only(change, replicas), handover),
                       .may_conflict = true});
    }
  } else if (change.autoscaled_from && owns_replicas(*change.live)) {
    const std::int64_t replicas = int_at(*change.live, {"spec", "replicas"}, *change.autoscaled_from);
    steps.push_back({.request = kube::apply_request(*change.kind, replicas_only(change, replicas), handover),
                     .may_conflict = true});
  }
  steps.push_back({.request = kube::apply_request(*change.kind, change.intent(), options)});
  return steps;
}

void Applier::apply(const std::vector<Change*>& changes) {
  for (Change* change : changes)
    if (change->writes()) waiting_.push_back(change);
  start_more();
  requests_.finish("applying objects");
  if (!refusals_.empty()) throw refusal_error(std::exchange(refusals_, {}));
}

void Applier::start_more() {
  while (!waiting_.empty() && requests_.open() < at_once) {
    Change& change = *waiting_.front();
    waiting_.pop_front();
    run(change, steps_of(change));
  }
}

void Applier::run(Change& change, std::deque<Step> steps) {
  Step step = std::move(steps.front());
  steps.pop_front();
  const bool may_conflict = step.may_conflict;
  const int migration = step.migration;
  requests_.send(std::move(step.request),
                 [this, &change, may_conflict, migration, steps = std::move(steps)](kube::ApiResult result) mutable {
                   const bool moved = migration > 0 && result.status == 409 && migration < most_migrations;
                   if (moved) return migrate_again(change, std::move(steps), migration + 1);
                   if (!result.ok() && !(may_conflict && result.status == 409))
                     return refused(change, std::move(result));
                   if (!steps.empty() && !draining_) return run(change, std::move(steps));
                   finished(change, result);
                   start_more();
                 });
}

void Applier::refused(Change& change, kube::ApiResult result) {
  refusals_.push_back({&change, std::move(result)});
  waiting_.clear();
}

// The object has changed since it was read, so its owners are looked at again.
void Applier::migrate_again(Change& change, std::deque<Step> steps, int attempt) {
  requests_.send(kube::get_request(*change.kind, change.ref),
                 [this, &change, attempt, steps = std::move(steps)](kube::ApiResult result) mutable {
                   if (!result.ok()) return refused(change, std::move(result));
                   if (!client_side_appliers(result.body).empty())
                     steps.push_front({.request = migration_request(*change.kind, result.body), .migration = attempt});
                   run(change, std::move(steps));
                 });
}

void Applier::finished(Change& change, const kube::ApiResult& result) {
  change.written = Written{.baseline = rollout::baseline_of(result.body, {}, result.server_time), .at = session_.now()};
  applied_.push_back(change.ref);
  if (listener_) listener_(change);
  session_.emit(ObjectApplied{
      .tier = change.object->tier, .object = change.ref, .action = change.action, .detail = change.detail});
}

void Applier::drain(Clock::time_point until) {
  draining_ = true;
  waiting_.clear();
  while (requests_.open() > 0 && session_.now() < until) session_.pump(until);
}

}  // namespace kforge::deploy
