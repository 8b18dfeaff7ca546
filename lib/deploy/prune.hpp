// SPDX-License-Identifier: Apache-2.0
// Deletes what the project file does not name any more, after everything that it names works.
#pragma once

#include "deploy/deploy.hpp"
#include "deploy/plan.hpp"
#include "deploy/session.hpp"

#include <vector>

namespace kforge::deploy {

// Throws Error{guard_refused} when a plan would delete so much that a mistake is likelier than a wish: everything that
// runs, more than half of the project, or very many objects.
void check_prune(const Plan& plan, const UpRequest& request);

struct Pruned {
  std::vector<kube::ObjectRef> gone;
  std::vector<kube::ObjectRef> kept;  // against the plan: what changed hands or got its mark meanwhile
};
// Deletes what the plan says, by UID, in reverse deploy order, and waits until it is gone. Every object is read again
// right before. Throws as Remover::remove() does.
Pruned prune(Session& session, const ApplySet& set, const Plan& plan, const UpRequest& request);

}  // namespace kforge::deploy
