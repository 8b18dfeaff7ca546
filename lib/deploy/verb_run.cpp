// SPDX-License-Identifier: Apache-2.0
#include "deploy/verb_run.hpp"

#include "base/exit_code.hpp"
#include "base/text.hpp"
#include "deploy/edited_release.hpp"
#include "deploy/release_log.hpp"
#include "deploy/stage_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr std::chrono::seconds drain_patience{3};

bool is_signal(const Error& error) {
  return error.kind == ErrorKind::interrupted || error.kind == ErrorKind::terminated;
}

std::string outcome_of(const Error& error) {
  if (is_signal(error)) return "interrupted";
  return error.kind == ErrorKind::timed_out ? "timed out" : "failed";
}

Release about(const VerbRequest& request) {
  Release release;
  release.action = request.command;
  release.services = request.services;
  release.message = request.words;
  return release;
}

Release about_return(const VerbRequest& request, const Release& before, const Release& failed) {
  Release release;
  release.action = "rollback";
  release.brings_back = before.number;
  release.services = request.services;
  release.message = fmt::format("automatic, as {} failed", release_name(failed.number));
  return release;
}

// Edits as changes of the engine, in steps that follow each other.
class Steps {
 public:
  Steps(const project::Project& project, const Edits& edits, Order order) {
    for (const Edit& edit : edits) add(project, edit);
    for (Change& change : changes_) place(change, order);
  }
  const std::vector<Stage>& stages() const { return stages_; }
  const std::list<Change>& changes() const { return changes_; }

 private:
  void add(const project::Project& project, const Edit& edit) {
    const Json& whole = edit.live != nullptr ? *edit.live : edit.body;
    objects_.push_back(
        {.manifest = whole,
         .tier = edit.service->tier,
         .service = edit.service->name,
         .origin = edit.service->name.empty() ? SourcePlace{} : project.place_of({"services", edit.service->name})});
    Change& change = changes_.emplace_back();
    change.object = &objects_.back();
    change.ref = kube::ref_of(whole);
    change.kind = schema::Table::embedded().find(change.ref.kind);
    change.live = edit.live;
    change.action = edit.live == nullptr ? Action::create : edit.changes ? Action::update : Action::unchanged;
    change.part = Change::Part{.body = edit.body, .manager = edit.manager, .rolls = edit.rolls};
    change.detail = edit.detail;
    change.restarts = edit.rolls && edit.live != nullptr ? running_pods(*edit.live) : 0;
  }

  // An autoscaler comes first: it would put a number of pods that is outside of its bounds back at once.
  void place(Change& change, Order order) {
    const auto step = std::ranges::find_if(stages_, [&](const Stage& stage) {
      const std::vector<Change*> members = stage.changes();
      return order == Order::one_by_one ? members.front()->object->service == change.object->service
                                        : stage.tier == change.object->tier;
    });
    Stage& stage =
        step != stages_.end() ? *step : stages_.emplace_back(Stage{.tier = change.object->tier, .waves = {}});
    const bool scaler = change.ref.kind.kind == "HorizontalPodAutoscaler";
    stage.waves[scaler ? render::Wave::network : render::Wave::workload].push_back(&change);
    std::ranges::stable_sort(stages_, {}, &Stage::tier);
  }

  std::list<render::Object> objects_;
  std::list<Change> changes_;
  std::vector<Stage> stages_;
};

class VerbRun {
 public:
  VerbRun(Session& session, const VerbRequest& request)
      : session_(session),
        request_(request),
        set_(applyset_of(session.project())),
        applier_(session),
        lock_(session, set_,
              {.operation = request.command, .by = {}, .message = {}, .url = {}, .revision = {}, .process = {}},
              request.lock) {}

  Finished run(const MakeEdits& make) {
    start();
    look(make);
    const bool idle = std::ranges::none_of(edits_, writes);
    if (!idle && lock_.acquire() == Lock::Met::others) look(make);
    steps_.emplace(session_.project(), edits_, request_.order);
    session_.emit(Planned{.summary = summary(), .stages = outline_of(steps_->stages())});
    if (!idle) open_log(edits_, *steps_);
    if (request_.on_failure == OnFailure::rollback)
      execute_or_go_back();
    else
      execute(*steps_);
    close_log();
    return tell(finished(idle ? "nothing to do" : "done"));
  }

  // After an error: what was done and what was not, told as the last event.
  void wind_up(const Error& error) {
    session_.client().ignore_signals();
    applier_.listen(nullptr);
    applier_.drain(session_.now() + drain_patience);
    if (log_) log_->close_anyway(is_signal(error) ? ReleaseStatus::interrupted : ReleaseStatus::failed, error.what());
    Finished result = finished(outcome_of(error));
    result.exit_code = exit_code(error.kind);
    tell(std::move(result));
  }

 private:
  static bool writes(const Edit& edit) { return edit.live == nullptr || edit.changes; }

  void start() {
    const kube::ClusterAccess& access = session_.client().access();
    session_.emit(Started{.command = request_.command,
                          .project = session_.project().name,
                          .environment = session_.project().environment,
                          .context = access.context,
                          .server = access.connection.base_url,
                          .user = access.user,
                          .in_place = true});
  }

  void look(const MakeEdits& make) {
    edits_.clear();
    lock_.look();
    if (request_.recorded == Recorded::yes) start_log(about(request_));
    running_.emplace(session_, request_.services);
    edits_ = make(*running_);
  }

  void start_log(Release about) {
    log_.emplace(session_, set_, std::move(about));
    log_->look();
  }

  // A project that was never released keeps no history. An account that may change a workload need not be one that may
  // write records, and records that are damaged shall not stop what may be an emergency.
  void open_log(const Edits& edits, const Steps& steps) {
    if (!log_) return;
    try {
      last_ = log_->open_edited([&](render::Rendered content) { return edited(std::move(content), edits); });
    } catch (const Error& error) {
      if (error.kind != ErrorKind::forbidden && error.kind != ErrorKind::not_found) throw;
      session_.emit(WarningText{fmt::format("this will not be in the history: {}", error.what())});
    }
    if (!log_->is_open()) return;
    for (const Change& change : steps.changes())
      if (change.writes())
        log_->add(ReleaseChange{
            .object = change.ref, .action = std::string(to_string(change.action)), .detail = change.detail});
    applier_.set_cause(fmt::format("kforge {}: {}", release_name(log_->release().number), purpose_of(log_->release())));
  }

  // What a run changes in place works now; whether the rest does is what the release before it says.
  void close_log() {
    if (!log_ || !log_->is_open()) return;
    if (last_->status == ReleaseStatus::deployed) return log_->close(ReleaseStatus::deployed);
    log_->close(last_->status,
                fmt::format("{} worked, but {} before it did not: `kforge up` makes the whole project work",
                            purpose_of(log_->release()), release_name(last_->number)));
  }

  void execute(const Steps& steps) {
    for (const Stage& stage : steps.stages()) {
      ++reached_;
      const Clock::time_point started = session_.now();
      StageRun run(session_, applier_, stage, {.wait = request_.wait});
      run.run([] {});
      if (log_) record(run, stage, started);
    }
  }

  void record(const StageRun& run, const Stage& stage, Clock::time_point started) {
    log_->add(ReleaseStage{.tier = std::string(project::to_string(stage.tier)),
                           .took = std::chrono::duration_cast<std::chrono::milliseconds>(session_.now() - started)});
    log_->add_images(run.images());
  }

  void execute_or_go_back() {
    try {
      execute(*steps_);
    } catch (const Error& error) {
      if (error.kind != ErrorKind::rollout_failed && error.kind != ErrorKind::timed_out) throw;
      go_back(error);
    }
  }

  [[noreturn]] void go_back(const Error& failure) {
    Edits back;
    for (const Edit& edit : edits_)
      if (edit.changes && edit.undo.is_object()) {
        back.push_back(edit);
        back.back().body = edit.undo;
        back.back().detail = edit.undo_detail;
      }
    if (back.empty()) throw Error(failure);
    session_.emit(WarningText{fmt::format("{}; going back", failure.what())});
    session_.set_deadline(session_.now() + request_.timeout);
    const Steps steps(session_.project(), back, Order::together);
    open_log_of_return(failure, back, steps);
    execute(steps);
    close_log();
    session_.emit(WarningText{"what ran before runs again"});
    Error error(ErrorKind::failed_and_rolled_back, fmt::format("{}; what ran before runs again", failure.what()));
    error.code = failure.code;
    throw error;
  }

  void open_log_of_return(const Error& failure, const Edits& back, const Steps& steps) {
    if (!log_ || !log_->is_open()) return;
    log_->close(ReleaseStatus::rolled_back, failure.what());
    start_log(about_return(request_, *last_, log_->release()));
    open_log(back, steps);
  }

  PlanSummary summary() const {
    PlanSummary summary;
    for (const Change& change : steps_->changes()) count(summary, change);
    return summary;
  }

  Finished finished(const std::string& outcome) const {
    Finished result;
    result.outcome = outcome;
    result.took = session_.elapsed();
    result.applied = applier_.applied();
    if (!steps_) return result;
    result.summary = summary();
    for (std::size_t i = reached_; i < steps_->stages().size(); ++i)
      result.not_reached.push_back(steps_->stages()[i].tier);
    if (outcome == "done" || outcome == "nothing to do")
      for (const Edit& edit : edits_)
        if (!edit.next_up.empty()) result.remarks.push_back(edit.next_up);
    return result;
  }

  Finished tell(Finished finished) {
    session_.emit(finished);
    return finished;
  }

  Session& session_;
  const VerbRequest& request_;
  ApplySet set_;
  Applier applier_;
  Lock lock_;
  std::optional<ReleaseLog> log_;
  std::optional<Release> last_;  // the release that is changed
  std::optional<Running> running_;
  Edits edits_;
  std::optional<Steps> steps_;
  std::size_t reached_ = 0;
};

}  // namespace

Finished run_verb(const Context& context, const VerbRequest& request, const MakeEdits& make) {
  Session session(context, request.timeout);
  VerbRun run(session, request);
  try {
    return run.run(make);
  } catch (const Error& error) {
    run.wind_up(error);
    throw session.masker().masked(error);
  }
}

}  // namespace kforge::deploy
