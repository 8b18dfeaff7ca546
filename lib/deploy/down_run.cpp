// SPDX-License-Identifier: Apache-2.0
#include "deploy/down_run.hpp"

#include "base/exit_code.hpp"
#include "deploy/cluster_guard.hpp"
#include "deploy/foreign.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

std::string outcome_of(const Error& error) {
  if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::terminated) return "interrupted";
  return error.kind == ErrorKind::timed_out ? "timed out" : "failed";
}

// The stages of a plan in its order; a stage may have several steps.
std::vector<project::Tier> tiers_from(const std::vector<TeardownStep>& steps, std::size_t first) {
  std::vector<project::Tier> tiers;
  for (std::size_t i = first; i < steps.size(); ++i)
    if (std::ranges::find(tiers, steps[i].tier) == tiers.end()) tiers.push_back(steps[i].tier);
  return tiers;
}

}  // namespace

bool DownRun::removes_lock(const TeardownStep& step) const {
  return std::ranges::any_of(step.removals, [this](const Removal& removal) { return removal.ref == lock_lease(set_); });
}

// With the namespace of the Lease, heartbeats would end too.
bool DownRun::takes_lock_away(const TeardownStep& step) const {
  return std::ranges::any_of(step.removals, [this](const Removal& removal) {
    return removal.ref.kind.kind == "Namespace" && removal.ref.name == set_.name_space;
  });
}

DownRun::DownRun(Session& session, const DownRequest& request, const render::Rendered& rendered)
    : session_(session),
      request_(request),
      rendered_(rendered),
      set_(applyset_of(session.project())),
      lock_(session, set_, {.operation = "down", .by = {}, .message = {}, .url = {}, .revision = {}, .process = {}},
            request.lock),
      remover_(session) {}

const Teardown& DownRun::plan() {
  if (plan_) return *plan_;
  ClusterIdentity(session_).check(request_.cluster);
  make_plan();
  return *plan_;
}

// Who does without the lock leaves it to those who use it.
void DownRun::make_plan() {
  plan_ = plan_teardown(session_, set_, rendered_, request_.data);
  if (!request_.lock.use) std::erase_if(plan_->steps, [this](const TeardownStep& step) { return removes_lock(step); });
}

Finished DownRun::run() {
  start();
  Planned planned{.summary = {}, .stages = {}};
  for (const project::Tier tier : tiers_from(plan().steps, 0)) planned.stages.push_back({.tier = tier, .services = {}});
  planned.summary = summary();
  session_.emit(std::move(planned));
  for (const std::string& reason : plan_->reasons) session_.emit(WarningText{reason});
  // What is kept stays on the project's record, so that a later `down --delete-data` finds it.
  ParentRecord record(session_, set_, plan_->parent);
  const bool keeps_record = request_.data == Data::keep && plan_->parent.is_object();
  const bool idle = plan_->steps.empty() && (!keeps_record || record.says(plan_->remaining));
  execute();
  if (keeps_record) record.write(plan_->remaining);
  return tell(finished(idle ? "nothing to do" : "done"));
}

void DownRun::start() {
  const kube::ClusterAccess& access = session_.client().access();
  session_.emit(Started{.command = "down",
                        .project = session_.project().name,
                        .environment = session_.project().environment,
                        .context = access.context,
                        .server = access.connection.base_url,
                        .user = access.user});
}

void DownRun::execute() {
  if (!plan_->steps.empty() && lock_.acquire() == Lock::Met::others) make_plan();
  std::vector<TeardownStep>& steps = plan_->steps;
  while (reached_ < steps.size()) {
    const project::Tier tier = steps[reached_].tier;
    const Clock::time_point started = session_.now();
    StageStarted event{.tier = tier, .changing = {}, .waited_for = {}};
    for (std::size_t i = reached_; i < steps.size() && steps[i].tier == tier; ++i)
      for (const Removal& removal : steps[i].removals) event.changing.push_back(removal.ref);
    event.waited_for = event.changing;
    session_.emit(std::move(event));
    while (reached_ < steps.size() && steps[reached_].tier == tier) {
      TeardownStep& step = steps[reached_++];
      recheck_namespaces(step);
      if (takes_lock_away(step)) lock_.release();
      if (!removes_lock(step) || lock_.remove()) remover_.remove(step);
    }
    session_.emit(StageEnded{.tier = tier,
                             .ready = true,
                             .took = std::chrono::duration_cast<std::chrono::milliseconds>(session_.now() - started)});
  }
  if (request_.data == Data::remove) lock_.remove();  // the plan was made before the run took it, and made the Lease
}

// Minutes may have passed since the plan; somebody may have moved in.
void DownRun::recheck_namespaces(TeardownStep& step) {
  std::erase_if(step.removals, [&](const Removal& removal) {
    if (removal.ref.kind.kind != "Namespace") return false;
    RequestGroup group(session_);
    Json live;
    group.send(kube::get_request(*removal.kind, removal.ref), [&live](kube::ApiResult result) {
      if (result.ok()) live = std::move(result.body);
    });
    group.finish("looking at a namespace");
    if (!live.is_object() || kube::uid_of(live) != removal.uid) return false;  // deleting it by its UID finds nothing
    const std::optional<std::string> reason = reason_to_keep(session_, live, set_.membership());
    if (!reason) return false;
    session_.emit(WarningText{fmt::format("namespace '{}' stays: {}", removal.ref.name, *reason)});
    plan_->kept.push_back(removal.ref);
    return true;
  });
}

PlanSummary DownRun::summary() const {
  PlanSummary summary;
  for (const TeardownStep& step : plan_->steps) summary.remove += static_cast<int>(step.removals.size());
  summary.keep = static_cast<int>(plan_->kept.size());
  return summary;
}

Finished DownRun::finished(const std::string& outcome) const {
  Finished result;
  result.outcome = outcome;
  result.took = session_.elapsed();
  result.applied = remover_.removed();
  if (!plan_) return result;
  result.summary = summary();
  result.not_reached = tiers_from(plan_->steps, reached_);
  const bool kept_data = request_.data == Data::keep && !plan_->kept.empty();
  if (outcome == "done" && kept_data) result.next_steps.emplace_back("kforge down --delete-data");
  return result;
}

Finished DownRun::tell(Finished finished) {
  session_.emit(finished);
  return finished;
}

void DownRun::wind_up(const Error& error) {
  session_.client().ignore_signals();
  Finished result = finished(outcome_of(error));
  result.exit_code = exit_code(error.kind);
  tell(std::move(result));
}

Finished run_down(Session& session, const DownRequest& request, const render::Rendered& rendered) {
  DownRun run(session, request, rendered);
  try {
    return run.run();
  } catch (const Error& error) {
    run.wind_up(error);
    throw;
  }
}

}  // namespace kforge::deploy
