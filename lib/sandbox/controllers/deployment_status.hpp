// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/controllers/toolkit.hpp"

namespace kforge::sandbox {

// The ReplicaSets of one Deployment: the one of its template (null when there is none yet) and the others, oldest
// first.
struct RolloutSets {
  ObjectPtr current;
  std::vector<ObjectPtr> old;
};

// Writes status with the conditions Available, Progressing and ReplicaFailure as the real controller does. Answers when
// the progress deadline is to be looked at again; zero for never.
Milliseconds write_deployment_status(const Kit& kit, const Json& deployment, const RolloutSets& sets);

}  // namespace kforge::sandbox
