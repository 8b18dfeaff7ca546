// SPDX-License-Identifier: Apache-2.0
// Deployments (deployment controller: pkg/controller/deployment) and ReplicaSets without one.
#include "base/text.hpp"
#include "rollout/diagnosis.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/pods.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

constexpr std::int64_t default_deadline = 600, no_deadline = INT32_MAX;

struct Numbers {
  std::int64_t wanted, replicas, updated, ready, available, unavailable;
};

Numbers numbers_of(const Json& live) {
  return {count_at(live, {"spec", "replicas"}, 1),         count_at(live, {"status", "replicas"}),
          count_at(live, {"status", "updatedReplicas"}),   count_at(live, {"status", "readyReplicas"}),
          count_at(live, {"status", "availableReplicas"}), count_at(live, {"status", "unavailableReplicas"})};
}

bool is_complete(const Numbers& numbers) {
  return numbers.updated == numbers.wanted && numbers.replicas == numbers.updated &&
         numbers.available >= numbers.wanted && numbers.unavailable == 0;
}

Verdict complete(const Numbers& numbers) {
  if (numbers.wanted == 0) return ready("scaled to 0", "ScaledToZero");
  return ready(fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted));
}

// Paused, no change goes on: hopeless for a deploy, a remark for somebody who only looks.
Verdict paused(const Judging& judging, const Numbers& numbers) {
  if (judging.deploying()) return failed(CauseId::paused);
  if (is_complete(numbers)) return warned(CauseId::paused, fmt::format("{}, paused", complete(numbers).message));
  return waiting("Paused", fmt::format("{}/{} pods ready, paused", numbers.ready, numbers.wanted));
}

std::int64_t new_ready(const Numbers& numbers, const Json* new_set, const std::vector<const Json*>& pods) {
  if (new_set != nullptr) return count_at(*new_set, {"status", "readyReplicas"});
  if (!pods.empty()) return std::count_if(pods.begin(), pods.end(), [](const Json* pod) { return is_ready(*pod); });
  return std::max<std::int64_t>(0, std::min(numbers.ready - (numbers.replicas - numbers.updated), numbers.updated));
}

Verdict progress_text(const Judging& judging, const Numbers& numbers, std::int64_t ready_pods) {
  const std::int64_t old_pods = std::max<std::int64_t>(0, numbers.replicas - numbers.updated);
  if (numbers.wanted == 0)
    return waiting("ScalingDown",
                   fmt::format("scaling to 0, {} left", counted(static_cast<std::size_t>(numbers.replicas), "pod")));
  const bool rolling = judging.deploying() || old_pods > 0;
  const std::string counts =
      fmt::format("{}/{} {}pods ready", std::min(ready_pods, numbers.wanted), numbers.wanted, rolling ? "new " : "");
  if (numbers.updated > numbers.wanted)
    return waiting("ScalingDown", fmt::format("{}, {} too many", counts, numbers.updated - numbers.wanted));
  if (ready_pods >= numbers.wanted && old_pods > 0)
    return waiting("OldPodsRunning",
                   fmt::format("{}, {} still running", counts, counted(static_cast<std::size_t>(old_pods), "old pod")));
  return waiting("PodsNotReady", counts);
}

// A ProgressDeadlineExceeded that was already in our PATCH reply stays there while a rollback re-uses its ReplicaSet.
bool is_stale(const Json& condition, const Baseline& baseline) {
  if (baseline.progressing) {
    const Json& before = *baseline.progressing;
    return text_at(before, {"status"}) == text_at(condition, {"status"}) &&
           text_at(before, {"reason"}) == text_at(condition, {"reason"}) &&
           text_at(before, {"lastUpdateTime"}) == text_at(condition, {"lastUpdateTime"});
  }
  const auto updated = time_at(condition, {"lastUpdateTime"});
  return baseline.applied_at && updated && *updated < std::chrono::floor<std::chrono::seconds>(*baseline.applied_at);
}

bool deadline_passed(Judging& judging, std::int64_t deadline) {
  const Json& progressing = condition_of(judging.live, "Progressing");
  if (text_at(progressing, {"reason"}) == "ProgressDeadlineExceeded" && !is_stale(progressing, judging.baseline))
    return true;
  // The controller leaves a stale condition as it is, however long it takes: the timer here does not depend on it.
  return judging.deploying() && deadline < no_deadline &&
         judging.passed(*judging.memory.last_progress, std::chrono::seconds(deadline));
}

// Of the new ReplicaSet where it is known: the Deployment's own condition may be about an old one.
std::optional<Signal> refused_pods(Judging& judging, const Json* new_set) {
  if (new_set != nullptr) return creation_signal(judging, *new_set);
  return judging.around.replica_sets.empty() ? creation_signal(judging, judging.live) : std::nullopt;
}

}  // namespace

Verdict judge_deployment(Judging& judging) {
  const Json& live = judging.live;
  const Numbers numbers = numbers_of(live);
  judging.note_progress({{"updated", numbers.updated}, {"ready", numbers.ready}, {"available", numbers.available}});
  if (bool_at(live, {"spec", "paused"})) return paused(judging, numbers);
  if (is_complete(numbers)) return complete(numbers);

  const Json* new_set = new_replica_set(live, judging.around);
  Unready unready{.verdict = {}, .pods = new_pods(live, judging.around), .wanted = numbers.wanted};
  unready.verdict = progress_text(judging, numbers, new_ready(numbers, new_set, unready.pods));
  if (auto signal = refused_pods(judging, new_set)) unready.signals.push_back(std::move(*signal));
  const std::int64_t deadline = count_at(live, {"spec", "progressDeadlineSeconds"}, default_deadline);
  unready.deadline_passed = deadline_passed(judging, deadline);
  unready.deadline_text = fmt::format("no progress for {}", elapsed_text(std::chrono::seconds(deadline)));
  return diagnosed(judging, std::move(unready));
}

Verdict judge_replica_set(Judging& judging) {
  const Json& live = judging.live;
  const Numbers numbers = numbers_of(live);
  const bool refused = has_condition(live, "ReplicaFailure", "True");
  if (numbers.replicas == numbers.wanted && numbers.available >= numbers.wanted && !refused) return complete(numbers);
  Unready unready{.verdict = waiting("PodsNotReady", fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted)),
                  .pods = new_pods(live, judging.around),
                  .wanted = numbers.wanted};
  if (auto signal = creation_signal(judging, live)) unready.signals.push_back(std::move(*signal));
  return diagnosed(judging, std::move(unready));
}

}  // namespace kforge::rollout
