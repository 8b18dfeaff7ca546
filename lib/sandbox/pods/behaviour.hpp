// SPDX-License-Identifier: Apache-2.0
// How one simulated container behaves: read from its spec and its fault when it starts.
#pragma once

#include "sandbox/pods/faults.hpp"
#include "sandbox/pods/runtime.hpp"
#include "sandbox/pods/simulated_runtime.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct PlannedExit {
  Milliseconds after{0};
  int code = 0;
  std::string reason;
  std::vector<std::string> last_words;  // its last log lines
};

// When the container ends by itself; empty when it serves until it is stopped.
std::optional<PlannedExit> planned_exit(const Launch& launch, const std::optional<PodFault>& fault,
                                        const RuntimePace& pace);

// Whether a probe finds it well at an age; and the age at which the next answer may differ (empty: never).
struct Health {
  bool ok = true;
  std::optional<Milliseconds> changes_at;
};
Health health_at(const std::optional<PodFault>& fault, ProbeKind kind, Milliseconds age);

// What a failed probe prints. `refused`: nothing listens yet; otherwise it answers badly.
std::string probe_output(const Json& probe, const std::string& pod_ip, bool refused);

// How long a preStop hook takes.
Milliseconds pre_stop_length(const Json& container);

// Why the command of a container cannot be run, as containerd says it.
std::string command_error(const Json& container);

// Messages and times of pulling an image.
std::string full_image_name(const std::string& image);  // "postgres" -> "docker.io/library/postgres:latest"
std::string pull_error(const std::string& image, PodFault::Kind kind);
Milliseconds pull_length(const std::string& image, const RuntimePace& pace);
std::uint64_t image_size(const std::string& image);
std::string image_digest_name(const std::string& image);  // "docker.io/library/postgres@sha256:…"

}  // namespace kforge::sandbox
