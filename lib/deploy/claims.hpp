// SPDX-License-Identifier: Apache-2.0
// Volumes of a StatefulSet whose claim templates ask for more than they did: templates cannot be changed, claims can
// grow.
#pragma once

#include "deploy/plan.hpp"
#include "deploy/session.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

// Claims of the live pods whose templates grow, with the size that they shall have. Makes no request.
std::vector<ClaimGrowth> wanted_growth(const Change& stateful_set);

kube::ApiRequest growth_request(const ClaimGrowth& claim, kube::DryRun dry_run);

// Grows them. Throws what the server answers.
void grow_claims(Session& session, const std::vector<ClaimGrowth>& claims);

}  // namespace kforge::deploy
