// SPDX-License-Identifier: Apache-2.0
// Seam: what runs a pod. The simulated runtime plays timings and faults; one that runs real processes can stand behind
// the same seam. The kubelet (pods/kubelet) owns pod status, probes' effects, restarts and back-off; a runtime owns
// containers.
#pragma once

#include "base/json.hpp"
#include "sandbox/timers.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct ContainerId {
  std::string pod_uid, container;
  int attempt = 0;  // restart count when it was started
  auto operator<=>(const ContainerId&) const = default;
};

// What a runtime tells the kubelet, in any order of containers.
struct ContainerEvent {
  enum class Type { pulling, pulled, pull_failed, create_failed, started, start_failed, exited, probe };
  Type type = Type::started;
  ContainerId id;
  std::string reason, message;  // of failures: "ErrImagePull", "CreateContainerConfigError", "StartError"
  int exit_code = 0;            // of exited
  std::string exit_reason;      // "Error", "OOMKilled", "Completed"
  std::string probe;            // of probe: "startup", "readiness", "liveness"
  bool probe_ok = true;
};

struct LogQuery {
  bool follow = false, previous = false, timestamps = false;
  std::optional<long> tail_lines, since_seconds, limit_bytes;
  std::optional<WallTime> since_time;
};

struct ExecRequest {
  std::vector<std::string> command;
  bool tty = false;
};
struct ExecResult {
  std::string out, err;
  int exit_code = 0;
};

struct PodRuntime {
  virtual ~PodRuntime() = default;
  using Listener = std::function<void(const ContainerEvent&)>;
  virtual void set_listener(Listener listener) = 0;
  // Begins pulling and starting one container of a pod; events follow. `pod` is the live object.
  virtual void start(const Json& pod, const ContainerId& id, bool init) = 0;
  // Asks it to end within the grace time; an exited event follows.
  virtual void stop(const ContainerId& id, Milliseconds grace) = 0;
  virtual void forget(const std::string& pod_uid) = 0;
  // Log text of a container; `on_text` is called with pieces until the end (when not following, once or more, then
  // done).
  virtual std::string logs(const ContainerId& id, const LogQuery& query) const = 0;
  using LogFollower = std::function<void(std::string_view)>;
  virtual std::uint64_t follow_logs(const ContainerId& id, LogFollower follower) = 0;
  virtual void unfollow_logs(std::uint64_t follower) = 0;
  virtual ExecResult exec(const Json& pod, const std::string& container, const ExecRequest& request) = 0;
};

}  // namespace kforge::sandbox
