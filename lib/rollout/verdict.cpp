// SPDX-License-Identifier: Apache-2.0
#include "rollout/verdict.hpp"

#include "rollout/rules.hpp"

namespace kforge::rollout {

std::string_view to_string(State state) {
  switch (state) {
    case State::waiting:
      return "waiting";
    case State::ready:
    case State::ready_with_warning:
      return "ready";
    case State::failed:
      return "failed";
  }
  return {};
}

bool settled(const Verdict& verdict) {
  return verdict.state != State::waiting;
}

bool is_about_nodes(const Verdict& verdict) {
  return verdict.code == cause(CauseId::no_matching_node).code;
}

Baseline baseline_of(const Json& reply, const std::vector<const Json*>& pods, std::optional<WallTime> applied_at) {
  Baseline baseline;
  baseline.uid = uid_of(reply);
  baseline.generation = int_at(reply, {"metadata", "generation"});
  if (const Json& progressing = condition_of(reply, "Progressing"); !progressing.is_null())
    baseline.progressing = progressing;
  if (const Json& pod_template = at_path(reply, {"spec", "template"}); pod_template.is_object())
    baseline.pod_template = pod_template;
  baseline.restarts = restart_counts(pods);
  baseline.applied_at = applied_at;
  return baseline;
}

Verdict judge(const Json& live, const Surroundings& around, const Baseline& baseline, Memory& memory,
              Clock::time_point now, WallTime server_now, const Options& options) {
  memory.deadline.reset();
  Judging judging{live, around, baseline, memory, now, server_now, options};
  const Rule& rule = rule_for(live);
  std::optional<Verdict> verdict = gate(judging, rule.observed);
  if (!verdict) verdict = rule.judge(judging);
  memory.since = std::move(judging.kept);  // what was not true in this round starts anew
  return *std::move(verdict);
}

Verdict judge_gone(const Json& last_state) {
  const std::string_view kind = kind_of(last_state);
  const bool completed = kind == "Job" && (has_condition(last_state, "Complete", "True") ||
                                           has_condition(last_state, "SuccessCriteriaMet", "True"));
  if (completed || (kind == "Pod" && text_at(last_state, {"status", "phase"}) == "Succeeded"))
    return ready("completed and removed", "Completed");
  const Json& failure = condition_of(last_state, "Failed");
  if (kind == "Job" && text_at(failure, {"status"}) == "True")
    return failed(CauseId::job_failed, "failed and was removed", std::string(text_at(failure, {"message"})));
  return failed(CauseId::deleted);
}

std::optional<Clock::time_point> next_deadline(const Memory& memory) {
  return memory.deadline;
}

}  // namespace kforge::rollout
