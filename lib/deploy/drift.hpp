// SPDX-License-Identifier: Apache-2.0
// What others have changed since a release: field, value of the release, live value, manager and time.
#pragma once

#include "deploy/preflight.hpp"
#include "deploy/preview.hpp"
#include "render/render.hpp"

namespace kforge::deploy {

// The plan that would bring a release back, told the other way round: `before` is the release's value, `after` the live
// one. Also lists what other managers added to the release's objects. Left alone are status, what an autoscaler sets,
// and what Kubernetes' own controllers write. Objects of the release that are gone have Category::remove. `release`
// must outlive the call; nothing is written. Of `services` only, unless there are none.
Preview drift_of(Session& session, const ApplySet& set, const render::Rendered& release,
                 const std::vector<std::string>& services = {});
// The same of a plan that was made with drift_options().
Preview drift_of(Session& session, const Plan& plan);
PlanOptions drift_options();

}  // namespace kforge::deploy
