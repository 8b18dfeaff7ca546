// SPDX-License-Identifier: Apache-2.0
// One pod on its node: mounts, init containers, containers, probes, restarts with back-off, the end (pkg/kubelet
// pod_workers.go, kuberuntime_manager.go).
#pragma once

#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/pod_addresses.hpp"
#include "sandbox/pods/pod_status.hpp"
#include "sandbox/pods/prober.hpp"
#include "sandbox/pods/timer_slot.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace kforge::sandbox {

struct PodWorld {
  const Kit& kit;
  PodRuntime& runtime;
  PodAddresses& addresses;
};

class PodWorker {
 public:
  // A pod that has a status from a former process of the sandbox goes on from there.
  PodWorker(const PodWorld& world, const Json& pod);
  ~PodWorker();
  PodWorker(const PodWorker&) = delete;
  PodWorker& operator=(const PodWorker&) = delete;
  // The object changed, or it is looked at for the first time.
  void sync(const Json& pod);
  void take(const ContainerEvent& event);

 private:
  struct Slot;
  void advance();
  bool prepare();
  bool advance_init();
  void launch(Slot& slot);
  void start(Slot& slot);
  void started(Slot& slot);
  void start_failed(Slot& slot, const ContainerEvent& event);
  void pull_failed(Slot& slot, const ContainerEvent& event);
  void exited(Slot& slot, const ContainerEvent& event);
  bool settle_exit(Slot& slot, int exit_code);
  void ended(Slot& slot);
  void restart(Slot& slot);
  void rest(Slot& slot, Milliseconds delay);
  void watch_health(Slot& slot, const Json& pod);
  void probe_decided(Slot& slot, ProbeKind kind, bool ok);
  void stop_everything();
  void stop_containers();
  void finish();
  void resume(const Json& pod);
  void resume_container(Slot& slot, const Json& status);
  bool all_main_ended() const;
  void publish();
  ObjectPtr live() const;
  Launch launch_of(const Json& pod, const Slot& slot) const;
  void event(const Slot& slot, std::string_view type, std::string_view reason, const std::string& message) const;

  PodWorld world_;
  Key key_;
  std::string uid_, node_;
  PodRecord record_;
  std::vector<std::unique_ptr<Slot>> slots_;  // beside record_.containers
  TimerSlot mount_timer_, deadline_timer_;
  Milliseconds mount_back_off_{0};
  bool mounted_ = false, finished_ = false;
};

}  // namespace kforge::sandbox
