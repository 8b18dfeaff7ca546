// SPDX-License-Identifier: Apache-2.0
// Whether a namespace may be deleted with everything in it.
#pragma once

#include "deploy/owners.hpp"
#include "deploy/session.hpp"

#include <optional>
#include <string>

namespace kforge::deploy {

// Why the namespace must stay, for people; empty when kforge made it and nothing of anybody else's is in it. What
// cannot be looked at counts as a reason. Reads every kind that the cluster serves in the namespace.
std::optional<std::string> reason_to_keep(Session& session, const Json& name_space, const Membership& membership);

}  // namespace kforge::deploy
