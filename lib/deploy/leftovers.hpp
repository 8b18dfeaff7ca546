// SPDX-License-Identifier: Apache-2.0
// Members of the project that the project file does not name any more: which of them go after a successful run, and
// why the others stay. Nothing here writes.
#pragma once

#include "deploy/preflight.hpp"

#include <map>
#include <set>
#include <string>

namespace kforge::deploy {

// Adds the members in scopes that the record of the ApplySet names and `known` does not have. Returns the scopes that
// the account may not see. Custom kinds are looked up; one that the cluster serves no more has no objects.
std::map<Scope, Error> read_recorded(Session& session, const Extent& record, const std::set<Scope>& known,
                                     const ApplySet& set, LiveObjects& into);

// Fills in the plan's leftovers. `unseen` tells what could not be read; then nothing is deleted.
void find_leftovers(Session& session, const ApplySet& set, const render::Rendered& rendered, const PlanOptions& options,
                    const std::map<Scope, Error>& unseen, Plan& plan);

// Why a member stays although nothing names it any more, apart from what revisions use; empty when it goes. `named`
// are the "Kind/name" of data that may go.
std::string reason_to_stay(const Json& live, const std::vector<std::string>& named, const Membership& membership);

}  // namespace kforge::deploy
