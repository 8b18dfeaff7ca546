// SPDX-License-Identifier: Apache-2.0
// Everything that is decided before the first write: what exists, what differs, whose it is, and whether the server
// would take it. Nothing here writes.
#pragma once

#include "deploy/plan.hpp"
#include "deploy/session.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

enum class Guards { on, off };

struct PlanOptions {
  std::vector<std::string> services;  // only their objects; empty: the whole project
  bool force_conflicts = false;
  std::vector<std::string> recreate{};  // "Kind/name" that may be deleted and made again
  std::vector<std::string> prune{};     // "Kind/name" of data that may be deleted when nothing names it any more
  std::string keep_leftovers{};         // the option that says so, or empty
  Guards guards = Guards::on;           // off: to look at what is there, whoever it belongs to
};

// `rendered` must outlive the plan. What the server refuses is in the plan; see stop_if_refused(). Throws
// Error{forbidden|rejected|guard_refused} that names every object with another problem.
Plan make_plan(Session& session, const ApplySet& set, const render::Rendered& rendered, const PlanOptions& options);

}  // namespace kforge::deploy
