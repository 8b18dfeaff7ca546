// SPDX-License-Identifier: Apache-2.0
// The probes of one running container: when they run and how many results make a decision (pkg/kubelet/prober).
#pragma once

#include "sandbox/pods/runtime.hpp"

#include <memory>

namespace kforge::sandbox {

struct ProbeListener {
  std::function<void(ProbeKind, const std::string& output)> failed;  // every failed attempt
  std::function<void(ProbeKind, bool ok)> decided;                   // a threshold was crossed
};

class Prober {
 public:
  // Starts at once. `container` is the entry of the spec, read only during the call.
  Prober(Timers& timers, PodRuntime& runtime, const ContainerId& id, const Json& container, ProbeListener listener);
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  // Asks again where a steady answer was relied on.
  void health_changed();

 private:
  struct State;
  std::shared_ptr<State> state_;  // answers that come late find it gone
};

}  // namespace kforge::sandbox
