// SPDX-License-Identifier: Apache-2.0
// HorizontalPodAutoscalers and PodDisruptionBudgets: they never hold a deploy up, they only warn.
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

// New pods have no metrics for a while; only what lasts is worth a warning.
constexpr Milliseconds metrics_grace = std::chrono::seconds(60);

bool lasts(Judging& judging, const Json& condition) {
  const auto since = judging.true_since_condition(std::string(text_at(condition, {"type"})), condition);
  return judging.passed(since, metrics_grace);
}

Verdict from_condition(CauseId id, const Json& condition) {
  return warned(id, {}, std::string(text_at(condition, {"message"})));
}

bool selects_any(const Judging& judging) {
  const Json& selector = at_path(judging.live, {"spec", "selector"});
  const auto& workloads = judging.around.workloads;
  return std::any_of(workloads.begin(), workloads.end(), [&](const Json* workload) {
    return namespace_of(*workload) == namespace_of(judging.live) &&
           selects(selector, at_path(*workload, {"spec", "template", "metadata", "labels"}));
  });
}

}  // namespace

Verdict judge_autoscaler(Judging& judging) {
  const Json& live = judging.live;
  const Json& able = condition_of(live, "AbleToScale");
  if (text_at(able, {"status"}) == "False" && lasts(judging, able))
    return from_condition(CauseId::autoscaler_cannot_scale, able);
  const Json& active = condition_of(live, "ScalingActive");
  // ScalingDisabled: its target is scaled to zero, which somebody wanted.
  if (text_at(active, {"status"}) == "False" && text_at(active, {"reason"}) != "ScalingDisabled" &&
      lasts(judging, active))
    return from_condition(text_at(active, {"reason"}).starts_with("FailedGet") ? CauseId::autoscaler_without_metrics
                                                                               : CauseId::autoscaler_cannot_scale,
                          active);
  const Json& limited = condition_of(live, "ScalingLimited");
  if (text_at(limited, {"status"}) == "True" && text_at(limited, {"reason"}) == "TooManyReplicas" &&
      lasts(judging, limited))
    return warned(CauseId::autoscaler_cannot_scale,
                  fmt::format("wants more than the maximum of {} pods", count_at(live, {"spec", "maxReplicas"})),
                  std::string(text_at(limited, {"message"})));
  return ready(
      fmt::format("{}-{} pods", count_at(live, {"spec", "minReplicas"}, 1), count_at(live, {"spec", "maxReplicas"})));
}

Verdict judge_disruption_budget(Judging& judging) {
  const Json& live = judging.live;
  const std::int64_t expected = count_at(live, {"status", "expectedPods"});
  // A budget is applied before the pods it protects, so no pods alone is no mistake.
  if (expected == 0 && !judging.around.workloads.empty() && !selects_any(judging))
    return warned(CauseId::budget_selects_nothing);
  if (expected > 0 && count_at(live, {"status", "desiredHealthy"}) >= expected)
    return warned(CauseId::budget_blocks_drains);
  return ready("exists");
}

}  // namespace kforge::rollout
