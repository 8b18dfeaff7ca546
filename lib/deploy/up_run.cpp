// SPDX-License-Identifier: Apache-2.0
#include "deploy/up_run.hpp"

#include "base/diagnostics.hpp"
#include "base/exit_code.hpp"
#include "deploy/adoption.hpp"
#include "deploy/cluster_guard.hpp"
#include "deploy/prune.hpp"
#include "deploy/refusals.hpp"
#include "deploy/saved_plan.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

// How long writes that are under way may take after an interrupt.
constexpr std::chrono::seconds drain_patience{3};

bool is_signal(const Error& error) {
  return error.kind == ErrorKind::interrupted || error.kind == ErrorKind::terminated;
}

std::string outcome_of(const Error& error) {
  if (is_signal(error)) return "interrupted";
  return error.kind == ErrorKind::timed_out ? "timed out" : "failed";
}

bool is_complete(const Json& job) {
  return std::ranges::any_of(at_path(job, {"status", "conditions"}), [](const Json& condition) {
    return string_at(condition, {"type"}) == "Complete" && string_at(condition, {"status"}) == "True";
  });
}

}  // namespace

UpRun::UpRun(Session& session, const UpRequest& request, UpInput input)
    : session_(session),
      request_(request),
      input_(std::move(input)),
      set_(applyset_of(session.project())),
      applier_(session) {}

Finished UpRun::run() {
  start();
  prepare();
  session_.emit(Planned{.summary = plan_.summary(), .stages = outline_of(stages_)});
  if (request_.dry_run == DryRun::server) return finish_dry_run();
  if (request_.cluster.remember) request_.cluster.remember(cluster_);
  const bool idle = nothing_to_write();
  if (idle && (request_.wait == Wait::no || all_ready_already(session_, plan_))) {
    reached_ = stages_.size();
    return tell(finished("nothing to do"));
  }
  execute();
  clear_away();
  parent_->write(final_extent());
  return tell(finished("done"));
}

void UpRun::start() {
  const kube::ClusterAccess& access = session_.client().access();
  const project::Project& project = session_.project();
  session_.emit(Started{.command = "up",
                        .project = project.name,
                        .environment = project.environment,
                        .context = access.context,
                        .server = access.connection.base_url,
                        .user = access.user});
}

void UpRun::prepare() {
  ClusterIdentity cluster(session_);
  Prepared prepared = deploy::prepare(session_, set_, std::move(input_), options_of(request_));
  rendered_ = std::move(prepared.rendered);
  plan_ = std::move(prepared.plan);
  fresh_values_ = std::move(prepared.fresh_values);
  cluster.check(request_.cluster);
  cluster_ = cluster.get();
  if (request_.saved_plan) check_saved_plan(session_, cluster_, request_, plan_);
  if (!request_.adopt) check_adoption(plan_, request_.ask);
  check_prune(plan_, request_);
  stop_if_refused(plan_);
  for (const Change& change : plan_.changes)
    if (change.ref.kind.kind == "Job" &&
        (change.finished_before || (change.live != nullptr && is_complete(*change.live))))
      finished_jobs_.insert(change.ref.name_space + "/" + change.ref.name);
  stages_ = stages_of(plan_.changes);
  parent_.emplace(session_, set_, plan_.parent);
}

bool UpRun::nothing_to_write() const {
  return !plan_.writes() && !plan_.deletes() && fresh_values_.empty() && parent_->says(final_extent());
}

void UpRun::execute() {
  if (!plan_.missing_namespaces.contains(set_.name_space)) store_records();
  for (const Stage& stage : stages_) {
    ++reached_;
    StageRun run(session_, applier_, stage, request_.wait);
    run.run([this] { store_records(); });
    finished_jobs_.insert(run.finished_jobs().begin(), run.finished_jobs().end());
  }
}

// As soon as the namespace that holds them stands, and before anything that depends on them.
void UpRun::store_records() {
  if (records_stored_ || nothing_to_write()) return;
  records_stored_ = true;
  parent_->write(parent_->widened(intended()));
  if (!fresh_values_.empty()) store_values(session_, set_, fresh_values_);
  fresh_values_.clear();
}

void UpRun::clear_away() {
  if (!plan_.deletes()) return;
  const Pruned pruned = prune(session_, set_, plan_, request_);
  for (const kube::ObjectRef& kept : pruned.kept) plan_.remaining.add(kept, set_);
}

// Until what goes is gone, the record names it: a run that ends in between leaves nothing behind that the next one
// does not find.
Extent UpRun::intended() const {
  Extent extent = plan_.leftovers;
  for (const render::Object& object : rendered_.objects) extent.add(kube::ref_of(object.manifest), set_);
  return extent;
}

// A run for some services knows nothing of the others, so it takes nothing away.
Extent UpRun::final_extent() const {
  Extent extent = request_.services.empty() ? plan_.remaining : plan_.leftovers;
  for (const render::Object& object : rendered_.objects) extent.add(kube::ref_of(object.manifest), set_);
  extent.finished_jobs = finished_jobs_;
  return request_.services.empty() ? extent : parent_->widened(std::move(extent));
}

Finished UpRun::finish_dry_run() {
  for (const Change& change : plan_.changes)
    session_.emit(ObjectApplied{
        .tier = change.object->tier, .object = change.ref, .action = change.action, .detail = change.detail});
  for (const Leftover& leftover : plan_.gone)
    session_.emit(ObjectApplied{.tier = leftover.tier,
                                .object = leftover.ref,
                                .action = leftover.stays() ? Action::keep : Action::remove,
                                .detail = leftover.why_kept});
  reached_ = stages_.size();
  Finished result = finished(plan_.writes() || plan_.deletes() ? "dry run" : "nothing to do");
  return tell(std::move(result));
}

Finished UpRun::finished(const std::string& outcome) const {
  Finished result;
  result.outcome = outcome;
  result.summary = plan_.summary();
  result.took = session_.elapsed();
  for (std::size_t i = reached_; i < stages_.size(); ++i) result.not_reached.push_back(stages_[i].tier);
  result.applied = applier_.applied();
  if (outcome == "done") result.next_steps.emplace_back("kforge status");
  return result;
}

Finished UpRun::tell(Finished finished) {
  session_.emit(finished);
  return finished;
}

void UpRun::wind_up(const Error& error) {
  session_.client().ignore_signals();
  applier_.listen(nullptr);
  applier_.drain(session_.now() + drain_patience);
  Finished result = finished(outcome_of(error));
  result.exit_code = exit_code(error.kind);
  tell(std::move(result));
}

Finished run_up(Session& session, const UpRequest& request, UpInput input) {
  UpRun run(session, request, std::move(input));
  try {
    return run.run();
  } catch (const InvalidInput&) {
    throw;  // of the project file, before anything was asked
  } catch (const Error& error) {
    run.wind_up(error);
    throw session.masker().masked(error);
  }
}

}  // namespace kforge::deploy
