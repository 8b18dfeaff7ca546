// SPDX-License-Identifier: Apache-2.0
// What a rollback deploys: the objects of a stored release, with everything that only moves forward left as it is.
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

}  // namespace kforge::deploy
