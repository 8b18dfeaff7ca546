// SPDX-License-Identifier: Apache-2.0
// `kforge plan`: what `up` would do, found out by the same steps, without a write.
#pragma once

#include "deploy/preparation.hpp"
#include "deploy/preview.hpp"

#include <optional>

namespace kforge::deploy {

struct PlanResult {
  Preview preview;
  std::optional<Error> refusal;  // why `up` would end before its first write
  Json saved;                    // see saved_plan.hpp
};
// With a session and an input of one's own. Errors and the preview carry no secret value.
PlanResult make_preview(Session& session, const UpRequest& request, UpInput input);
// Of the project file. Throws what makes a plan impossible (unreachable, forbidden, …).
PlanResult make_preview(const Context& context, const UpRequest& request);

// What others have changed; only services, timeout of the request count.
Preview make_drift(const Context& context, const UpRequest& request);

}  // namespace kforge::deploy
