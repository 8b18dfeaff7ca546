// SPDX-License-Identifier: Apache-2.0
// One run of a verb that changes what runs: look, edit, wait. It tells the same events as `up`, and is a release too.
#pragma once

#include "deploy/applier.hpp"
#include "deploy/edits.hpp"
#include "deploy/lock.hpp"

#include <functional>
#include <list>
#include <string>
#include <vector>

namespace kforge::deploy {

enum class Order { together, one_by_one };

// Whether the run is a release of the project: not when what it makes is gone afterwards.
enum class Recorded { yes, no };

struct VerbRequest {
  std::string command;  // "scale"
  std::string words;    // what it is asked for, for the history: "order-service=4"
  std::vector<std::string> services;
  std::chrono::milliseconds timeout{900'000};
  Wait wait = Wait::yes;
  Order order = Order::together;
  OnFailure on_failure = OnFailure::keep;  // rollback: edits that know how are taken back
  LockOptions lock{};
  Recorded recorded = Recorded::yes;
};
// Called under the lock, with what runs. May throw.
using MakeEdits = std::function<Edits(const Running& running)>;

// Throws Error (not_found, rollout_failed, timed_out, failed_and_rolled_back, …) after the events that explain it.
Finished run_verb(const Context& context, const VerbRequest& request, const MakeEdits& make);

}  // namespace kforge::deploy
