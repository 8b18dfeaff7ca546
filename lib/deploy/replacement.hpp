// SPDX-License-Identifier: Apache-2.0
// Makes room for an object that cannot be changed into what it shall be.
#pragma once

#include "deploy/plan.hpp"
#include "deploy/session.hpp"

namespace kforge::deploy {

// Grows the claims of the change, deletes its live object (by uid, so never one that somebody made meanwhile) and waits
// until it is gone. Killed in between, the next run finds it missing and creates it. Throws Error{timed_out} and what
// the server answers.
void make_room(Session& session, const Change& change);

}  // namespace kforge::deploy
