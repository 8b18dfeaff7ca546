// SPDX-License-Identifier: Apache-2.0
// One error for everything that the API server said no to.
#pragma once

#include "deploy/plan.hpp"

#include <vector>

namespace kforge::deploy {

struct Refusal {
  const Change* change = nullptr;
  kube::ApiResult result;
};

// The fields that managers other than kforge's own hold against the intent; empty when it is no ownership conflict or
// when only kforge's own managers are in the way.
std::vector<kube::FieldConflict> foreign_conflicts(const kube::ApiResult& result);

// Names every object with the field, the server's words and the place in the project file. Kind: what an account lacks
// comes first, then rejections, then field conflicts.
Error refusal_error(const std::vector<Refusal>& refusals);

}  // namespace kforge::deploy
