// SPDX-License-Identifier: Apache-2.0
#include "deploy/up_run.hpp"

#include "base/diagnostics.hpp"
#include "base/exit_code.hpp"
#include "deploy/adoption.hpp"
#include "deploy/cluster_guard.hpp"
#include "deploy/prune.hpp"
#include "deploy/refusals.hpp"
#include "deploy/rollback.hpp"
#include "deploy/saved_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

// How long writes that are under way may take after an interrupt.
constexpr std::chrono::seconds drain_patience{3};

bool is_signal(const Error& error) {
  return error.kind == ErrorKind::interrupted || error.kind == ErrorKind::terminated;
}

// What a rollback can mend: objects were written and do not work.
bool is_bad_rollout(const Error& error) {
  return error.kind == ErrorKind::rollout_failed || error.kind == ErrorKind::timed_out ||
         error.kind == ErrorKind::hook_failed;
}

Release about(const UpRequest& request, const UpInput& input) {
  Release release;
  release.action = input.is_rollback() ? "rollback" : "up";
  release.brings_back = input.brings_back;
  release.services = request.services;
  release.message = request.message;
  return release;
}

// "kforge r13: rollback to r12", "kforge r12: two more workers"
std::string cause_of(const Release& release) {
  std::string text = "kforge " + release_name(release.number);
  if (release.brings_back > 0) text += ": rollback to " + release_name(release.brings_back);
  if (!release.message.empty()) text += ": " + release.message;
  return text;
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
      lock_(session, set_,
            {.operation = input_.is_rollback() ? "rollback" : "up",
             .by = {},
             .message = request.message,
             .url = {},
             .revision = {},
             .process = {}},
            request.lock),
      log_(session, set_, about(request, input_)),
      applier_(session) {}

Finished UpRun::run() {
  start();
  if (request_.dry_run == DryRun::no) {
    lock_.look();
    log_.look();
  }
  prepare();
  if (request_.dry_run == DryRun::no && plan_under_lock()) {
    log_.look();
    prepare();
  }
  session_.emit(Planned{.summary = plan_.summary(), .stages = outline_of(stages_)});
  if (request_.dry_run == DryRun::server) return finish_dry_run();
  if (request_.cluster.remember) request_.cluster.remember(cluster_);
  const bool idle = nothing_to_write();
  if (idle && (request_.wait == Wait::no || all_ready_already(session_, plan_))) {
    reached_ = stages_.size();
    lock_.sweep();
    return tell(finished("nothing to do"));
  }
  execute();
  clear_away();
  parent_->write(final_extent());
  log_.close(ReleaseStatus::deployed);
  return tell(finished("done"));
}

void UpRun::start() {
  if (input_.after_failure) return;  // one run for those who look
  const kube::ClusterAccess& access = session_.client().access();
  const project::Project& project = session_.project();
  session_.emit(Started{.command = input_.is_rollback() ? "rollback" : "up",
                        .project = project.name,
                        .environment = project.environment,
                        .context = access.context,
                        .server = access.connection.base_url,
                        .user = access.user});
}

void UpRun::prepare() {
  ClusterIdentity cluster(session_);
  Prepared prepared = deploy::prepare(session_, set_, input_, options_of(request_, input_));
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
  parent_.reset();
  parent_.emplace(session_, set_, plan_.parent);
}

// A release that did not end well is not done, even if its objects stand as they should.
bool UpRun::nothing_to_write() {
  return !plan_.writes() && !plan_.deletes() && fresh_values_.empty() && parent_->says(final_extent()) &&
         log_.settled();
}

// The namespace of the records and of the lock.
bool UpRun::has_home() const {
  return !plan_.missing_namespaces.contains(set_.name_space);
}

// Takes the lock when there is something to write; says whether the plan is out of date because others had it
// meanwhile.
bool UpRun::plan_under_lock() {
  if (!has_home() || nothing_to_write()) return false;
  lock_.set_revision(std::to_string(log_.history().next_number()));
  return lock_.acquire() == Lock::Met::others;
}

// For the first deploy of all, whose namespace had to be made for it.
void UpRun::take_lock() {
  if (nothing_to_write() || lock_.held() || lock_.acquire() == Lock::Met::nobody) return;
  throw Error(ErrorKind::lock_held, "another run deployed the project for the first time at the same moment")
      .hint("run `kforge up` again: it goes on from what stands there now");
}

void UpRun::execute() {
  if (has_home()) store_records();
  for (const Stage& stage : stages_) {
    ++reached_;
    const Clock::time_point started = session_.now();
    StageRun run(session_, applier_, stage,
                 {.wait = request_.wait, .stuck = input_.is_rollback() ? StuckPods::remove : StuckPods::leave});
    run.run([this] {
      take_lock();
      store_records();
    });
    finished_jobs_.insert(run.finished_jobs().begin(), run.finished_jobs().end());
    record(run, stage, started);
  }
}

void UpRun::record(const StageRun& run, const Stage& stage, Clock::time_point started) {
  if (!log_.is_open()) return;
  log_.add(ReleaseStage{.tier = std::string(project::to_string(stage.tier)),
                        .took = std::chrono::duration_cast<std::chrono::milliseconds>(session_.now() - started)});
  log_.add_images(run.images());
}

// As soon as the namespace that holds them stands, and before anything that depends on them.
void UpRun::store_records() {
  if (records_stored_ || nothing_to_write()) return;
  records_stored_ = true;
  parent_->write(parent_->widened(intended()));
  if (const ReleaseHead* good = log_.history().last_good()) good_before_ = good->number;
  log_.open(rendered_);
  for (const Change& change : plan_.changes)
    if (change.writes())
      log_.add(ReleaseChange{
          .object = change.ref, .action = std::string(to_string(change.action)), .detail = change.detail});
  if (log_.is_open()) applier_.set_cause(cause_of(log_.release()));
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

// A run for some services knows nothing of the others, and a rollback nothing of Jobs, so they take nothing away.
Extent UpRun::final_extent() const {
  Extent extent = request_.services.empty() ? plan_.remaining : plan_.leftovers;
  for (const render::Object& object : rendered_.objects) extent.add(kube::ref_of(object.manifest), set_);
  extent.finished_jobs = finished_jobs_;
  return request_.services.empty() && !input_.is_rollback() ? extent : parent_->widened(std::move(extent));
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
  if (!input_.after_failure || (outcome != "done" && outcome != "nothing to do")) return result;
  result.outcome = "rolled back";
  result.exit_code = exit_code(ErrorKind::failed_and_rolled_back);
  result.next_steps = {
      fmt::format("{} runs again: mend the cause, then `kforge up`", release_name(input_.brings_back))};
  return result;
}

Finished UpRun::tell(Finished finished) {
  session_.emit(finished);
  return finished;
}

std::optional<int> UpRun::fallback(const Error& error) const {
  return request_.on_failure == OnFailure::rollback && is_bad_rollout(error) ? good_before_ : std::nullopt;
}

void UpRun::give_up(const Error& error) {
  applier_.listen(nullptr);
  log_.close_anyway(ReleaseStatus::rolled_back, error.what());
}

void UpRun::wind_up(const Error& error) {
  session_.client().ignore_signals();
  applier_.listen(nullptr);
  applier_.drain(session_.now() + drain_patience);
  log_.close_anyway(is_signal(error) ? ReleaseStatus::interrupted : ReleaseStatus::failed, error.what());
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
    // Whatever was to be diagnosed has been, before the pods that failed go.
    if (run.fallback(error)) bring_back(session, request, run, error);
    run.wind_up(error);
    throw session.masker().masked(error);
  }
}

}  // namespace kforge::deploy
