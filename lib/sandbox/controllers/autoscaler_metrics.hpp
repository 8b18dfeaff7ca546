// SPDX-License-Identifier: Apache-2.0
// What the metrics of a HorizontalPodAutoscaler ask for (pkg/controller/podautoscaler/replica_calculator.go).
#pragma once

#include "sandbox/pods/runtime.hpp"
#include "sandbox/store.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

struct MetricProposal {
  std::int64_t replicas = 0;
  std::string name;           // "cpu resource utilization (percentage of request)"
  Json status;                // an entry of status.currentMetrics
  std::string reason, error;  // when it could not be computed: "FailedGetResourceMetric"
};

// `pods` are those of the target. Metrics that no pod reports are missing, as on a cluster without metrics-server.
MetricProposal propose(const Json& metric, const std::vector<ObjectPtr>& pods, std::int64_t current,
                       const PodRuntime& runtime);

}  // namespace kforge::sandbox
