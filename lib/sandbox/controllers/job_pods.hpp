// SPDX-License-Identifier: Apache-2.0
// The pods of a Job, and what they mean for it.
#pragma once

#include "base/duration.hpp"
#include "sandbox/store.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct JobPods {
  std::vector<ObjectPtr> active, succeeded, failed;  // ended ones: only those that were not counted before
  std::vector<ObjectPtr> all;
  std::int64_t ready = 0, terminating = 0;
  std::optional<WallTime> last_failure;
};
// Sorts the pods and remembers the UIDs of the ended ones in `counted`.
JobPods job_pods(const std::vector<ObjectPtr>& pods, std::set<std::string>& counted);

// "Complete" or "Failed" with its reason; an empty condition while it goes on.
struct JobVerdict {
  std::string condition, reason, message;
};
// `job` has the counts of these pods in its status.
JobVerdict job_verdict(const Json& job, const JobPods& pods);
// How many pods are to be active.
std::int64_t wanted_pods(const Json& job, const JobPods& pods);
// Completion indexes that no living or succeeded pod has; empty for Jobs without indexes.
std::set<std::int64_t> free_indexes(const Json& job, const JobPods& pods);
Json job_pod(const Json& job, std::int64_t index);  // -1: without index

}  // namespace kforge::sandbox
