// SPDX-License-Identifier: Apache-2.0
#include "rollout/signal.hpp"

#include "rollout/pod_reading.hpp"

#include <algorithm>

namespace kforge::rollout {

Signal signal_on(const Json& pod, CauseId id, std::string message, std::string_view evidence) {
  Signal signal;
  signal.cause = id;
  signal.message = std::move(message);
  signal.evidence = evidence;
  signal.pod = name_of(pod);
  signal.pod_uid = uid_of(pod);
  signal.observed = time_at(condition_of(pod, "PodScheduled"), {"lastTransitionTime"});
  if (!signal.observed) signal.observed = time_at(pod, {"metadata", "creationTimestamp"});
  return signal;
}

std::vector<const Json*> events_about(const Judging& judging, std::string_view uid) {
  std::vector<std::pair<WallTime, const Json*>> dated;
  if (!uid.empty())
    for (const Json* event : judging.around.events) {
      if (event_subject(*event) != uid) continue;
      const auto time = event_time(*event);
      if (judging.since_our_write(time)) dated.emplace_back(time.value_or(WallTime{}), event);
    }
  std::stable_sort(dated.begin(), dated.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Json*> events;
  events.reserve(dated.size());
  for (const auto& [time, event] : dated) events.push_back(event);
  return events;
}

std::vector<Signal> signals_of_pod(Judging& judging, const Json& pod, Crashes crashes) {
  std::vector<Signal> signals;
  if (is_deleting(pod) || is_ready(pod)) return signals;
  if (is_finished(pod) && crashes == Crashes::left_to_controller) return signals;
  add_scheduling_signals(judging, pod, signals);
  add_volume_signals(judging, pod, signals);
  if (!is_finished(pod)) add_container_signals(judging, pod, crashes, signals);
  return signals;
}

}  // namespace kforge::rollout
