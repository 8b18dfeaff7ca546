// SPDX-License-Identifier: Apache-2.0
// Pods without a controller, Jobs and CronJobs.
#include "base/text.hpp"
#include "rollout/diagnosis.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

// The container of a pod that ended with an error, and how; the reason of the pod itself where there is none.
Verdict pod_failure(const Json& pod, CauseId id, std::string message) {
  Verdict verdict = failed(id, std::move(message), std::string(text_at(pod, {"status", "message"})));
  verdict.pod = name_of(pod);
  if (const auto exit = last_exit_of(pod)) {
    verdict.container = exit->container;
    verdict.message += ", " + exit->text;
  } else if (const auto reason = text_at(pod, {"status", "reason"}); !reason.empty()) {
    verdict.message += fmt::format(" ({})", reason);
  }
  verdict.pods_affected = verdict.pods_total = 1;
  return verdict;
}

Verdict unfinished_pod(Judging& judging, std::string message) {
  return diagnosed(judging,
                   {.verdict = waiting("PodsNotReady", std::move(message)), .pods = {&judging.live}, .wanted = 1});
}

const Json* last_failed_pod(const std::vector<const Json*>& pods) {
  const Json* last = nullptr;
  for (const Json* pod : pods) {
    if (text_at(*pod, {"status", "phase"}) != "Failed") continue;
    const auto born = [](const Json& each) { return text_at(each, {"metadata", "creationTimestamp"}); };
    if (last == nullptr || born(*pod) >= born(*last)) last = pod;
  }
  return last;
}

// Condition Failed, or FailureTarget which comes before it while pods are being ended.
Verdict job_failure(const Judging& judging, const Json& condition) {
  const std::string_view reason = text_at(condition, {"reason"});
  const bool late = reason == "DeadlineExceeded";
  const auto pods = all_pods(judging.live, judging.around);
  Verdict verdict = failed(late ? CauseId::job_deadline : CauseId::job_failed,
                           reason.empty() ? "the job failed" : fmt::format("the job failed ({})", reason),
                           std::string(text_at(condition, {"message"})));
  verdict.pods_total = static_cast<int>(pods.size());
  verdict.pods_affected = static_cast<int>(count_at(judging.live, {"status", "failed"}));
  const Json* pod = last_failed_pod(pods);
  if (pod == nullptr) return verdict;
  verdict.pod = name_of(*pod);
  if (const auto exit = last_exit_of(*pod)) {
    verdict.container = exit->container;
    verdict.message += ", " + exit->text;
  }
  return verdict;
}

std::string job_progress(const Json& job) {
  const std::int64_t failures = count_at(job, {"status", "failed"});
  std::string text =
      fmt::format("{}/{} completed", count_at(job, {"status", "succeeded"}), count_at(job, {"spec", "completions"}, 1));
  if (failures > 0) text += ", failed " + counted(static_cast<std::size_t>(failures), "time");
  return text;
}

}  // namespace

Verdict judge_pod(Judging& judging) {
  const Json& pod = judging.live;
  const std::string_view phase = text_at(pod, {"status", "phase"});
  const std::string_view policy = text_at(pod, {"spec", "restartPolicy"});
  if (phase == "Failed") return pod_failure(pod, CauseId::pod_failed, "the pod failed");
  if (phase == "Succeeded") return ready("completed", "Completed");
  if (policy == "OnFailure" || policy == "Never") return unfinished_pod(judging, "not completed");
  return is_ready(pod) ? ready("ready") : unfinished_pod(judging, "not ready");
}

Verdict judge_job(Judging& judging) {
  const Json& job = judging.live;
  if (has_condition(job, "Complete", "True")) return ready("completed", "Completed");
  for (const std::string_view type : {"Failed", "FailureTarget"})
    if (const Json& condition = condition_of(job, type); text_at(condition, {"status"}) == "True")
      return job_failure(judging, condition);
  if (bool_at(job, {"spec", "suspend"}) && has_condition(job, "Suspended", "True")) return warned(CauseId::suspended);

  judging.note_progress({{"succeeded", count_at(job, {"status", "succeeded"})}});
  Unready unready{.verdict = waiting("JobRunning", job_progress(job)),
                  .pods = all_pods(job, judging.around),
                  .wanted = count_at(job, {"spec", "parallelism"}, 1)};
  unready.crashes = Crashes::left_to_controller;
  if (auto signal = creation_signal(judging, job)) unready.signals.push_back(std::move(*signal));
  return diagnosed(judging, std::move(unready));
}

Verdict judge_cron_job(Judging& judging) {
  // Its Jobs of the past say nothing about what was just applied.
  if (bool_at(judging.live, {"spec", "suspend"})) return warned(CauseId::suspended);
  return ready(fmt::format("runs at '{}'", text_at(judging.live, {"spec", "schedule"})));
}

}  // namespace kforge::rollout
