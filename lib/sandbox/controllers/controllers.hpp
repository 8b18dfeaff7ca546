// SPDX-License-Identifier: Apache-2.0
// The control loops of a cluster, event-driven on the store: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job,
// CronJob, endpoints, PVC binding, autoscaler status, namespaces, garbage collection, scheduling.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/pods/runtime.hpp"

#include <memory>

namespace kforge::sandbox {

// The store's setting with the certificate that kube-root-ca.crt shows in every namespace (PEM).
constexpr const char* root_certificate_setting = "ca.crt";

class Controllers {
 public:
  // Subscribes to the store and reconciles what is there (a restart continues where it stopped).
  Controllers(Api& api, Timers& timers, PodRuntime& runtime);
  ~Controllers();
  Controllers(const Controllers&) = delete;
  Controllers& operator=(const Controllers&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
