// SPDX-License-Identifier: Apache-2.0
// Whether a node can take a pod, in the scheduler's words (pkg/scheduler/framework/plugins).
#pragma once

#include "base/json.hpp"
#include "base/quantity.hpp"
#include "sandbox/store.hpp"

#include <map>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct Resources {
  Int128 cpu = 0, memory = 0;  // in 1e-9 units
  int pods = 0;
  void add(const Resources& other, int sign);
};
Resources resources_of(const Json& pod);

struct NodeView {
  ObjectPtr node;
  Resources used;
};

struct Misfit {
  std::vector<std::string> reasons;  // empty: it fits
  bool resolvable = true;            // by removing other pods
};
Misfit misfit(const NodeView& view, const Json& pod);

// Pod affinity, anti-affinity and topology spread look at the other nodes and pods as well.
struct ClusterView {
  std::vector<NodeView> nodes;
  std::vector<ObjectPtr> pods;  // those that are bound and have not ended
};
Misfit placement_misfit(const ClusterView& cluster, const NodeView& view, const Json& pod);

// Free capacity and few pods of the same owner are better: higher is better.
double node_score(const ClusterView& cluster, const NodeView& view, const Json& pod);

// spec.affinity.nodeAffinity and nodeSelector.
bool node_selected(const Json& node, const Json& pod_spec);
// The first taint with NoSchedule or NoExecute that the pod does not tolerate; null when there is none.
const Json& untolerated_taint(const Json& node, const Json& pod_spec);

}  // namespace kforge::sandbox
