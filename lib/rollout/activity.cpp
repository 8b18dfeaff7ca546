// SPDX-License-Identifier: Apache-2.0
#include "rollout/diagnosis.hpp"
#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

// How far a pod has come; the least advanced one is what everybody waits for.
enum class Step { no_node, pulling, preparing, initialising, starting, not_ready, working, not_available };

struct Standing {
  Step step = Step::preparing;
  std::optional<WallTime> since;
  std::string_view container;
};

const Json* first_with(const Json::array_t& statuses, std::string_view state) {
  const auto found = std::find_if(statuses.begin(), statuses.end(), [&](const Json& status) {
    return at_path(status, {"state", state}).is_object();
  });
  return found == statuses.end() ? nullptr : &*found;
}

// When the node began to pull, if that is the last it said.
std::optional<WallTime> pulling_since(const Judging& judging, const Json& pod) {
  for (const Json* event : events_about(judging, uid_of(pod))) {
    const std::string_view reason = event_reason(*event);
    if (reason == "Pulling") return event_time(*event);
    if (reason == "Pulled" || reason == "Failed" || reason == "BackOff" || reason == "Created") return std::nullopt;
  }
  return std::nullopt;
}

Standing standing_of(const Judging& judging, const Json& pod) {
  const Json& scheduled = condition_of(pod, "PodScheduled");
  if (text_at(scheduled, {"status"}) != "True" && text_at(pod, {"spec", "nodeName"}).empty())
    return {Step::no_node, time_at(pod, {"metadata", "creationTimestamp"}), {}};
  const bool ends =
      text_at(pod, {"spec", "restartPolicy"}) == "Never" || text_at(pod, {"spec", "restartPolicy"}) == "OnFailure";
  if (is_ready(pod) && !ends)
    return {Step::not_available, time_at(condition_of(pod, "Ready"), {"lastTransitionTime"}), {}};
  const auto& containers = list_at(pod, {"status", "containerStatuses"});
  const auto& inits = list_at(pod, {"status", "initContainerStatuses"});
  if (const Json* running = first_with(containers, "running")) {
    const bool started = bool_at(*running, {"started"}, true);
    const Step step = ends ? Step::working : started ? Step::not_ready : Step::starting;
    return {step, time_at(*running, {"state", "running", "startedAt"}), {}};
  }
  if (const auto since = pulling_since(judging, pod)) return {Step::pulling, since, {}};
  if (const Json* running = first_with(inits, "running"))
    return {Step::initialising, time_at(*running, {"state", "running", "startedAt"}), text_at(*running, {"name"})};
  return {Step::preparing, time_at(scheduled, {"lastTransitionTime"}), {}};
}

Activity in_words(const Standing& standing) {
  switch (standing.step) {
    case Step::no_node:
      return {"Scheduling", "waiting for a node"};
    case Step::pulling:
      return {"PullingImage", "pulling image"};
    case Step::preparing:
      return {"StartingContainers", "starting containers"};
    case Step::initialising:
      return {"InitContainers", fmt::format("init container '{}' runs", standing.container)};
    case Step::starting:
      return {"StartingUp", "starting up"};
    case Step::not_ready:
      return {"PodsNotReady", "not ready yet"};
    case Step::working:
      return {"Running", "running"};
    case Step::not_available:
      return {"MinReadySeconds", "staying ready for minReadySeconds"};
  }
  return {};
}

}  // namespace

Activity activity_of(const Judging& judging, const std::vector<const Json*>& pods) {
  std::optional<Standing> least;
  for (const Json* pod : pods) {
    if (is_deleting(*pod) || is_finished(*pod)) continue;
    const Standing standing = standing_of(judging, *pod);
    if (!least || standing.step < least->step) least = standing;
  }
  if (!least) return {};
  Activity activity = in_words(*least);
  const Milliseconds length = least->since ? judging.age(*least->since) : Milliseconds{0};
  // Who waits knows how long the reason has been the same, and would else be told a time that stands still.
  if (!judging.deploying() && length >= std::chrono::seconds(1)) activity.text += " " + elapsed_text(length);
  return activity;
}

}  // namespace kforge::rollout
