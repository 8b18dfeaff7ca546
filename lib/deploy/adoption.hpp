// SPDX-License-Identifier: Apache-2.0
// Objects that exist already and that nobody claims: taken in only when a person says so.
#pragma once

#include "deploy/plan.hpp"

#include <functional>
#include <string>

namespace kforge::deploy {

// Whether a live object without an owner would become the project's. Not namespaces, which many projects may be given,
// and not objects that kforge has applied before, whose labels somebody removed.
bool is_adoption(const Change& change, const Membership& membership);

// "Service backend/web and 2 more objects exist already and belong to nobody"
std::string adoption_text(const Plan& plan);

// Throws Error{guard_refused} naming every object and --adopt, unless there is none or `ask` (may be empty) says yes.
void check_adoption(const Plan& plan, const std::function<bool(const std::string& question)>& ask);

}  // namespace kforge::deploy
