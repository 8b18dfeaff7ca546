// SPDX-License-Identifier: Apache-2.0
// One error for everything that the API server said no to.
#pragma once

#include "deploy/plan.hpp"

#include <vector>

namespace kforge::deploy {

// The fields that managers other than kforge's own hold against the intent; empty when it is no ownership conflict or
// when only kforge's own managers are in the way.
std::vector<kube::FieldConflict> foreign_conflicts(const kube::ApiResult& result);

// The same with the values of both sides, for the live object and the intent of a change.
std::vector<HeldField> held_fields(const Change& change, const kube::ApiResult& result);

// Throws refusal_error() when the server refused anything of the plan.
void stop_if_refused(const Plan& plan);

// Names every object with the field, the server's words and the place in the project file. Kind: what an account lacks
// comes first, then rejections, then field conflicts.
Error refusal_error(const std::vector<Refusal>& refusals);

}  // namespace kforge::deploy
