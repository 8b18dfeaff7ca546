// SPDX-License-Identifier: Apache-2.0
// What a pod says about itself, as people say it.
#pragma once

#include "rollout/reading.hpp"

#include <optional>
#include <string>

namespace kforge::rollout {

struct Baseline;

// Condition Ready is True and the pod is not going away.
bool is_ready(const Json& pod);
// Succeeded or Failed: it will not run again.
bool is_finished(const Json& pod);

// The word of kubectl's STATUS column: "Running", "ContainerCreating", "CrashLoopBackOff", "Init:1/2", "Terminating".
std::string pod_status_word(const Json& pod);

// Restarts of all containers, sidecars included.
std::int64_t restarts_of(const Json& pod);
// Restarts of one container since the baseline; from zero without one, and for pods that are younger.
std::int64_t restarts_since(const Baseline& baseline, const Json& pod, const Json& container_status);

// state.terminated of a container, otherwise lastState.terminated, otherwise null.
const Json& last_end_of(const Json& container_status);
// How a container ended: "out of memory at 512Mi", "exit code 1", "killed by signal 9". The spec gives the memory
// limit.
std::string exit_text(const Json& terminated, const Json& container_spec);

// The latest end of any container of the pod that was started again since, or has ended for good with an error.
struct Exit {
  std::string container, text;
  std::optional<WallTime> at;
};
std::optional<Exit> last_exit_of(const Json& pod);

// "pod-uid/container": the key of Baseline::restarts.
std::string container_key(const Json& pod, const Json& container_status);

}  // namespace kforge::rollout
