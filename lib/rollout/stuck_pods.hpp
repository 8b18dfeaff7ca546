// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rollout/verdict.hpp"

#include <vector>

namespace kforge::rollout {

// Pods of a StatefulSet that hold up its ordered update: of another revision than the one it goes to, and not ready, so
// that the controller waits for them forever. None for other kinds, and before the controller has seen the last change.
std::vector<const Json*> stuck_pods(const Json& workload, const Surroundings& around);

}  // namespace kforge::rollout
