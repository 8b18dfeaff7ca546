// SPDX-License-Identifier: Apache-2.0
// Brings back a stored release: a run of `up` whose objects come from the record instead of the project file.
#pragma once

#include "deploy/planning.hpp"
#include "deploy/releases.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

class UpRun;

// The release that a rollback goes to: the one with the number, or for 0 the newest before the current one that worked
// and deployed something else. `releases` are in the order of read_releases(). Throws Error{not_found}.
const Release& choose_target(const std::vector<Release>& releases, int number);

struct RollbackPreview {
  Release target, current;
  std::vector<std::string> remarks;
  PlanResult plan;
};
// What rollback() would do. `number` 0: see choose_target(). Writes nothing.
RollbackPreview preview_rollback(const Context& context, const UpRequest& request, int number);
Finished rollback(const Context& context, const UpRequest& request, int number);

// After a bad rollout, with the lock still held: brings the last good release back in place of the failed run. Throws
// Error{failed_and_rolled_back} when that worked, else the first error with what became of the second run. Returns when
// the last good release is the same as the failed one.
void bring_back(Session& session, const UpRequest& request, UpRun& failed, const Error& error);

}  // namespace kforge::deploy
