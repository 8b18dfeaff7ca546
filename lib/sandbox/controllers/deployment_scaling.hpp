// SPDX-License-Identifier: Apache-2.0
// A Deployment that grows or shrinks in the middle of a rollout, or while it is paused, keeps its shape
// (pkg/controller/deployment/sync.go, scale).
#pragma once

#include "sandbox/controllers/deployment_status.hpp"

#include <map>
#include <string>

namespace kforge::sandbox {

constexpr const char* desired_annotation = "deployment.kubernetes.io/desired-replicas";
constexpr const char* max_annotation = "deployment.kubernetes.io/max-replicas";

// The Deployment's size is not the one that its ReplicaSets were last sized for.
bool size_has_changed(const Json& deployment, const RolloutSets& sets);
// The new size of each ReplicaSet by name, shared out in proportion; `surge` in pods.
std::map<std::string, std::int64_t> proportional_sizes(const Json& deployment, const RolloutSets& sets,
                                                       std::int64_t surge);

}  // namespace kforge::sandbox
