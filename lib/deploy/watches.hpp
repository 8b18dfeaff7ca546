// SPDX-License-Identifier: Apache-2.0
// What has to be watched to judge the objects of a stage.
#pragma once

#include "deploy/feed.hpp"
#include "deploy/plan.hpp"

#include <vector>

namespace kforge::deploy {

// Whether a stage waits for objects of this kind; the others exist as soon as they are written. Autoscalers and budgets
// never hold a deploy up.
bool is_waited_for(const Change& change);

struct WatchNeed {
  kube::WatchRequest request;
  Necessity necessity = Necessity::helpful;
};
// One watch per kind and namespace: the objects themselves, and what explains them (pods, ReplicaSets, events, claims,
// endpoints). Narrowed by the project's label where everything that matters carries it.
// Nodes are watched from the start only for DaemonSets, because a large cluster has many (node_need).
std::vector<WatchNeed> watch_needs(const std::vector<Change*>& changes, const std::string& project);
// The nodes, for pods that get none.
WatchNeed node_need();

}  // namespace kforge::deploy
