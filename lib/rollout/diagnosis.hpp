// SPDX-License-Identifier: Apache-2.0
// From "not ready yet" and the signals of the pods to a verdict: hopeless, or waiting with the probable cause.
#pragma once

#include "rollout/signal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::rollout {

// A workload that does not meet its rule yet.
struct Unready {
  Verdict verdict;                // waiting, with the counts in its message
  std::vector<const Json*> pods;  // of the new revision
  std::int64_t wanted = 0;        // how many there should be
  std::vector<Signal> signals{};  // besides those of the pods
  Crashes crashes = Crashes::counted;
  bool deadline_passed = false;  // of the rollout as a whole
  std::string deadline_text{};   // "no progress for 10m"
};
Verdict diagnosed(Judging& judging, Unready unready);

// What the pods that are not ready are doing: "pulling image"; with its time, "pulling image 9s", when nobody waits.
struct Activity {
  std::string reason, text;
};
Activity activity_of(const Judging& judging, const std::vector<const Json*>& pods);

}  // namespace kforge::rollout
