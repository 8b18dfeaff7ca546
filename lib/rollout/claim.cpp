// SPDX-License-Identifier: Apache-2.0
// PersistentVolumeClaims. Waiting for Bound alone would deadlock with volumeBindingMode WaitForFirstConsumer.
#include "rollout/diagnosis.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

const Json* class_of(const Judging& judging) {
  const std::string_view name = text_at(judging.live, {"spec", "storageClassName"});
  for (const Json* each : judging.around.storage_classes)
    if (!name.empty() && name_of(*each) == name) return each;
  return nullptr;
}

bool has_event(const Judging& judging, std::string_view reason) {
  const auto events = events_about(judging, uid_of(judging.live));
  return std::any_of(events.begin(), events.end(), [&](const Json* event) { return event_reason(*event) == reason; });
}

// The volume is made when a pod needs it: the class says so, or the controller does.
bool waits_for_pod(const Judging& judging) {
  if (const Json* storage_class = class_of(judging))
    return text_at(*storage_class, {"volumeBindingMode"}) == "WaitForFirstConsumer";
  return has_event(judging, "WaitForFirstConsumer") || has_event(judging, "WaitForPodScheduled");
}

}  // namespace

Verdict judge_claim(Judging& judging) {
  if (text_at(judging.live, {"status", "phase"}) == "Bound") return ready("bound", "Bound");
  auto signal = claim_signal(judging, judging.live);
  if (!signal && waits_for_pod(judging)) return ready("bound with its first pod", "WaitForFirstConsumer");
  Unready unready{.verdict = waiting("ClaimPending", "waiting for a volume"), .pods = {}};
  if (signal) unready.signals.push_back(std::move(*signal));
  return diagnosed(judging, std::move(unready));
}

}  // namespace kforge::rollout
