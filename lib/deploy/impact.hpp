// SPDX-License-Identifier: Apache-2.0
// What a change does to what runs: pods that restart, and what its rollout asks of the cluster beyond today.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

// Pods and what they request.
struct Demand {
  std::int64_t pods = 0, milli_cpu = 0, memory = 0;  // memory in bytes
  Demand& operator+=(const Demand& other);
  bool any() const { return pods != 0 || milli_cpu != 0 || memory != 0; }
  bool operator==(const Demand&) const = default;
};

struct Impact {
  int restarts = 0;  // pods that are replaced
  Demand surge;      // while it rolls
  Demand growth;     // after it, compared with today; may be negative
  bool downtime = false;
  std::vector<std::string> images;  // "v1.0.0 -> v1.1.0"
};

// What a pod of the template requests, as the scheduler counts: containers together, or the largest init container.
Demand pod_demand(const Json& pod_spec);

// Of turning the live object (null when it is created) into `after`.
Impact impact_of(const Json& before, const Json& after);

// "restarts 2 pods, +250m CPU +256Mi while it rolls"; "no restart" for what pods run or read but are not restarted by.
std::string impact_text(const Impact& impact);

// What a ResourceQuota leaves less than a demand: "requests.cpu: 200m left, 250m needed". Empty when it fits, or when
// the quota counts only some pods.
std::vector<std::string> shortfalls(const Json& quota, const Demand& demand);

// "+250m CPU +256Mi"
std::string demand_text(const Demand& demand);

}  // namespace kforge::deploy
