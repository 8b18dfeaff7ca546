// SPDX-License-Identifier: Apache-2.0
// What stored releases hold, as objects again: those that a rollback deploys, with everything that only moves forward
// left as it is, and those that a drift is measured by.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/preparation.hpp"
#include "deploy/releases.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

struct Restoration {
  UpInput input;
  // What cannot be as it was, for people: "today's value stands in for …".
  std::vector<std::string> remarks;
};
// The objects of `release` without Jobs and claims, with the claims of StatefulSets as they are in `newest`. Values of
// Secrets are found by their digests among the live Secrets of the project and `local` ones; where that fails, today's
// value takes its place and a remark says so. Throws Error{not_found} when there is no value at all.
Restoration restore(Session& session, const ApplySet& set, const Release& release, const Release& newest,
                    const render::SecretValues& local);

// The objects of `release` as they were deployed, to compare with. A secret value that is not known any more is
// replaced by its digest, which differs from whatever stands there now.
render::Rendered recorded(Session& session, const ApplySet& set, const Release& release,
                          const render::SecretValues& local);

// Secret values that the project file and the environment give; none of them when one is missing.
render::SecretValues known_values(const Context& context);

}  // namespace kforge::deploy
