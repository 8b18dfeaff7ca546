// SPDX-License-Identifier: Apache-2.0
#include "rollout/pod_reading.hpp"
#include "rollout/verdict.hpp"

namespace kforge::rollout {

std::optional<Counts> counts_of(const Json& live) {
  const std::string_view kind = kind_of(live), group = group_of(live);
  const auto status = [&](std::string_view field) { return count_at(live, {"status", field}); };
  if (group == "apps" && (kind == "Deployment" || kind == "StatefulSet"))
    return Counts{status("readyReplicas"), count_at(live, {"spec", "replicas"}, 1), status("updatedReplicas")};
  if (group == "apps" && kind == "ReplicaSet")
    return Counts{status("readyReplicas"), count_at(live, {"spec", "replicas"}, 1), status("replicas")};
  if (group == "apps" && kind == "DaemonSet")
    return Counts{status("numberReady"), status("desiredNumberScheduled"), status("updatedNumberScheduled")};
  if (group == "batch" && kind == "Job")
    return Counts{status("succeeded"), count_at(live, {"spec", "completions"}, 1), status("succeeded")};
  if (group.empty() && kind == "Pod") {
    const bool counts = is_ready(live) || text_at(live, {"status", "phase"}) == "Succeeded";
    return Counts{counts ? 1 : 0, 1, 1};
  }
  return std::nullopt;
}

}  // namespace kforge::rollout
