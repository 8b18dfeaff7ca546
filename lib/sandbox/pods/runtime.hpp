// SPDX-License-Identifier: Apache-2.0
// Seam: what runs containers. The simulated runtime plays timings and faults; one that runs real processes can stand
// behind the same seam. The kubelet (pods/kubelet.hpp) owns pod status, probe thresholds, restarts and back-off; a
// runtime owns images and containers. Everything is called from the loop and answers from the loop, never inside a
// call.
#pragma once

#include "base/json.hpp"
#include "sandbox/timers.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kforge::sandbox {

struct ContainerId {
  std::string pod_uid, container;
  int attempt = 0;  // restart count when it was started
  auto operator<=>(const ContainerId&) const = default;
};

// What a runtime tells the kubelet, in any order of containers.
struct ContainerEvent {
  enum class Type { pulling, pulled, pull_failed, started, start_failed, exited, health_changed };
  Type type = Type::started;
  ContainerId id;
  std::string reason, message;  // of failures: "ErrImagePull", "StartError"; of pulled: the event's text
  std::string image_id;         // of pulled
  int exit_code = 0;            // of exited
  std::string exit_reason;      // "Error", "OOMKilled", "Completed"
};

// A container to start; its image is there. Lives only during the call.
struct Launch {
  ContainerId id;
  const Json& pod;        // the live object
  const Json& container;  // its entry in the spec
  std::vector<std::pair<std::string, std::string>> env;
  bool init = false;
};

enum class ProbeKind { startup, readiness, liveness };
struct ProbeResult {
  bool ok = false;
  std::string output;   // as the kubelet shows it behind "Readiness probe failed: "
  bool steady = false;  // stays so until health_changed is sent: no need to ask again
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
struct ExecListener {
  std::function<void(std::string_view)> out, err;
  std::function<void(int exit_code)> done;                 // ended; nothing follows
  std::function<void(const std::string& message)> failed;  // could not be started; nothing follows
};
// One running command. Destroying it ends the command.
struct ExecSession {
  virtual ~ExecSession() = default;
  virtual void write(std::string_view input) = 0;
  virtual void close_input() = 0;
  virtual void resize(int columns, int rows) = 0;
};

struct PortListener {
  std::function<void(std::string_view)> data;
  std::function<void()> closed;
  std::function<void(const std::string& message)> failed;  // "dial tcp4 127.0.0.1:81: connect: connection refused"
};
// One connection to a port of a pod. Destroying it closes the connection.
struct PortSession {
  virtual ~PortSession() = default;
  virtual void write(std::string_view bytes) = 0;
};

struct PodUsage {
  double cpu_cores = 0;
  std::uint64_t memory_bytes = 0;
};

struct PodRuntime {
  virtual ~PodRuntime() = default;
  using Listener = std::function<void(const ContainerEvent&)>;
  virtual void set_listener(Listener listener) = 0;

  // Brings the image of a container to the node: pulled or pull_failed follows.
  virtual void pull(const Json& pod, const Json& container, const ContainerId& id) = 0;
  // started, then one day exited; or start_failed.
  virtual void start(const Launch& launch) = 0;
  // A container that a former process of the sandbox started: true when it still runs.
  virtual bool resume(const Launch& launch, WallTime started_at) = 0;
  // Asks it to end within the grace time (its preStop hook included); exited follows.
  virtual void stop(const ContainerId& id, Milliseconds grace) = 0;
  virtual void forget(const std::string& pod_uid) = 0;

  // Runs the action of a probe once.
  virtual void probe(const ContainerId& id, ProbeKind kind, const Json& probe,
                     std::function<void(const ProbeResult&)> done) = 0;
  // False when no node takes the pod, whatever its size.
  virtual bool has_place(const Json& pod) const = 0;
  // What a pod uses now; empty when nobody measures it.
  virtual std::optional<PodUsage> usage(const Json& pod) const = 0;

  // The log of a container up to now; empty optional when the container is not known (any more).
  virtual std::optional<std::string> logs(const ContainerId& id, const LogQuery& query) const = 0;
  // The same, then new lines as they come. `on_end` is called when the container has ended and everything was passed
  // on.
  using LogFollower = std::function<void(std::string_view)>;
  virtual std::uint64_t follow_logs(const ContainerId& id, const LogQuery& query, LogFollower on_text,
                                    std::function<void()> on_end) = 0;
  virtual void unfollow_logs(std::uint64_t follower) = 0;

  virtual std::unique_ptr<ExecSession> exec(const Json& pod, const std::string& container, const ExecRequest& request,
                                            ExecListener listener) = 0;
  virtual std::unique_ptr<PortSession> connect(const Json& pod, int port, PortListener listener) = 0;
};

}  // namespace kforge::sandbox
