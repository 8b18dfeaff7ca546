// SPDX-License-Identifier: Apache-2.0
// A runtime that runs nothing: images arrive, containers start, answer probes, log and fail by the clock.
#pragma once

#include "sandbox/pods/faults.hpp"
#include "sandbox/pods/runtime.hpp"
#include "sandbox/store.hpp"

#include <memory>

namespace kforge::sandbox {

// What a container does when nothing is wrong with it. All are lengths of sandbox time.
struct RuntimePace {
  Milliseconds pull_at_least{250}, pull_spread{600};  // by the image
  Milliseconds create{60};                            // from pulled to started
  Milliseconds run_init{300}, run_job{1200};          // of containers that run to completion
  Milliseconds shut_down{150};                        // from SIGTERM to the exit
};

class SimulatedRuntime final : public PodRuntime {
 public:
  SimulatedRuntime(Store& store, Timers& timers, const FaultBook& faults, RuntimePace pace = {});
  ~SimulatedRuntime() override;

  void set_listener(Listener listener) override;
  void pull(const Json& pod, const Json& container, const ContainerId& id) override;
  void start(const Launch& launch) override;
  bool resume(const Launch& launch, WallTime started_at) override;
  void stop(const ContainerId& id, Milliseconds grace) override;
  void forget(const std::string& pod_uid) override;
  void probe(const ContainerId& id, ProbeKind kind, const Json& probe,
             std::function<void(const ProbeResult&)> done) override;
  bool has_place(const Json& pod) const override;
  std::optional<PodUsage> usage(const Json& pod) const override;
  std::optional<std::string> logs(const ContainerId& id, const LogQuery& query) const override;
  std::uint64_t follow_logs(const ContainerId& id, const LogQuery& query, LogFollower on_text,
                            std::function<void()> on_end) override;
  void unfollow_logs(std::uint64_t follower) override;
  std::unique_ptr<ExecSession> exec(const Json& pod, const std::string& container, const ExecRequest& request,
                                    ExecListener listener) override;
  std::unique_ptr<PortSession> connect(const Json& pod, int port, PortListener listener) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
