// SPDX-License-Identifier: Apache-2.0
// What stands beside a workload and decides with it: autoscaler, disruption budget, endpoints of its Services.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::observe {

struct Autoscaling {
  std::string name;
  std::int64_t min = 1, max = 0, current = 0, wanted = 0;
  std::optional<std::int64_t> cpu, cpu_target;  // percent of the request; empty: no metrics, or another metric
};
struct Budget {
  std::string name;
  std::int64_t allowed = 0, healthy = 0, needed = 0;  // pods that may go now, that are healthy, that must stay
};
struct Endpoints {
  std::int64_t ready = 0, all = 0;
};

class Companions {
 public:
  // The objects must outlive it.
  explicit Companions(const std::vector<Json>& objects);
  std::optional<Autoscaling> autoscaling_of(const Json& workload) const;
  std::optional<Budget> budget_of(const Json& workload) const;
  // Empty when no Service selects its pods.
  std::optional<Endpoints> endpoints_of(const Json& workload) const;
  // The Services that select its pods.
  std::vector<const Json*> services_of(const Json& workload) const;

 private:
  std::map<std::string, const Json*> autoscalers_;  // "namespace/kind/name" of what they scale
  std::vector<const Json*> budgets_, services_;
  std::map<std::string, std::vector<const Json*>> slices_;  // "namespace/service"
};

}  // namespace kforge::observe
