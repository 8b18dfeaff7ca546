// SPDX-License-Identifier: Apache-2.0
#include "deploy/verb_run.hpp"

#include "base/exit_code.hpp"
#include "base/text.hpp"
#include "deploy/stage_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr std::chrono::seconds drain_patience{3};

std::string outcome_of(const Error& error) {
  if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::terminated) return "interrupted";
  return error.kind == ErrorKind::timed_out ? "timed out" : "failed";
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
    change.part = Change::Part{.body = edit.body, .manager = edit.manager};
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
        applier_(session),
        lock_(session, applyset_of(session.project()),
              {.operation = request.command, .by = {}, .message = {}, .url = {}, .revision = {}, .process = {}},
              request.lock) {}

  Finished run(const MakeEdits& make) {
    start();
    look(make);
    if (std::ranges::any_of(edits_, writes) && lock_.acquire() == Lock::Met::others) look(make);
    steps_.emplace(session_.project(), edits_, request_.order);
    session_.emit(Planned{.summary = summary(), .stages = outline_of(steps_->stages())});
    if (request_.undo == Undo::on_failure)
      execute_or_go_back();
    else
      execute(*steps_);
    return tell(finished(std::ranges::any_of(edits_, writes) ? "done" : "nothing to do"));
  }

  // After an error: what was done and what was not, told as the last event.
  void wind_up(const Error& error) {
    session_.client().ignore_signals();
    applier_.listen(nullptr);
    applier_.drain(session_.now() + drain_patience);
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
    running_.emplace(session_, request_.services);
    edits_ = make(*running_);
  }

  void execute(const Steps& steps) {
    for (const Stage& stage : steps.stages()) {
      ++reached_;
      StageRun run(session_, applier_, stage, {.wait = request_.wait});
      run.run([] {});
    }
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
    execute(steps);
    session_.emit(WarningText{"what ran before runs again"});
    Error error(ErrorKind::failed_and_rolled_back, fmt::format("{}; what ran before runs again", failure.what()));
    error.code = failure.code;
    throw error;
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
  Applier applier_;
  Lock lock_;
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
