// SPDX-License-Identifier: Apache-2.0
// Which pods belong to a workload, and which of them to its newest revision.
#pragma once

#include "rollout/verdict.hpp"

namespace kforge::rollout {

// The ReplicaSet of a Deployment's newest revision; null when it is not known, or the controller has not seen the
// change.
const Json* new_replica_set(const Json& deployment, const Surroundings& around);
// Whether the status of a workload speaks of its current spec.
bool is_observed(const Json& live);

}  // namespace kforge::rollout
