// SPDX-License-Identifier: Apache-2.0
// Reasons not to touch a cluster that are visible before anything is written.
#pragma once

#include "deploy/plan.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

// Throws Error{rejected} when a namespace is being deleted, Error{not_found} when one is missing that the run does not
// make.
void check_namespaces(const Plan& plan, const std::vector<std::string>& services);

// Throws Error{guard_refused} naming every object that another tool or project manages.
void check_ownership(const Plan& plan, const Membership& membership);

// Throws Error{guard_refused} for paused Deployments, whose rollout would never end (scenario paused-live).
void check_paused(const Plan& plan);

}  // namespace kforge::deploy
