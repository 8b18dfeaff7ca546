// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/container_run.hpp"

#include "rollout/pod_reading.hpp"

#include <algorithm>
#include <array>

namespace kforge::observe {
namespace {

constexpr std::array kinds_of_container = {"initContainers", "containers", "ephemeralContainers"};

const Json& status_of(const Json& pod, std::string_view container) {
  for (const char* list : {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"})
    if (const Json& status = rollout::named(rollout::list_at(pod, {"status", list}), container); !status.is_null())
      return status;
  return rollout::named({}, container);
}

const Json& spec_of(const Json& pod, std::string_view container) {
  for (const char* list : kinds_of_container)
    if (const Json& spec = rollout::named(rollout::list_at(pod, {"spec", list}), container); !spec.is_null())
      return spec;
  return rollout::named({}, container);
}

}  // namespace

ContainerRun run_of(const Json& pod, std::string_view container) {
  const Json& status = status_of(pod, container);
  ContainerRun run;
  run.running = at_path(status, {"state", "running"}).is_object();
  const Json& before = at_path(status, {"lastState", "terminated"});
  run.has_log = run.running || at_path(status, {"state", "terminated"}).is_object() || before.is_object();
  run.restarts = rollout::count_at(status, {"restartCount"});
  run.started = rollout::time_at(status, {"state", run.running ? "running" : "terminated", "startedAt"});
  run.waiting = rollout::text_at(status, {"state", "waiting", "reason"});
  if (before.is_object()) run.last_end = rollout::exit_text(before, spec_of(pod, container));
  return run;
}

std::vector<std::string> containers_of(const Json& pod, Containers which) {
  std::vector<std::string> names;
  if (which == Containers::main) {
    const auto& list = rollout::list_at(pod, {"spec", "containers"});
    const std::string_view chosen =
        rollout::text_at(pod, {"metadata", "annotations", "kubectl.kubernetes.io/default-container"});
    if (!rollout::named(list, chosen).is_null()) return {std::string(chosen)};
    if (!list.empty()) names.emplace_back(rollout::text_at(list.front(), {"name"}));
    return names;
  }
  for (const char* list : kinds_of_container)
    for (const Json& container : rollout::list_at(pod, {"spec", list}))
      names.emplace_back(rollout::text_at(container, {"name"}));
  return names;
}

}  // namespace kforge::observe
