// SPDX-License-Identifier: Apache-2.0
// What a kubelet writes into a pod's status (pkg/kubelet/status/generate.go, kubelet_pods.go getPhase).
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "sandbox/pods/runtime.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

enum class ContainerRole { init, sidecar, main };

// One container as the kubelet knows it. `state` and `last_state` are those of the API.
struct ContainerRecord {
  enum class Stage { idle, pulling, starting, running, resting, ended };  // resting: waits for a later try
  ContainerId id;
  ContainerRole role = ContainerRole::main;
  Stage stage = Stage::idle;
  Json state, last_state = Json::object();
  bool ready = false, started = false;
  std::string image_id;
  Milliseconds crash_back_off{0}, pull_back_off{0};
  bool failed_for_good = false;  // ended without success and is not started again
};

struct PodRecord {
  std::vector<ContainerRecord> containers;      // init containers first, each list in the order of the spec
  std::string start_time, node_ip, pod_ip;      // pod_ip: empty until its network is up
  std::string failure_reason, failure_message;  // of a pod that the kubelet itself ended
  bool stopping = false;                        // on its way out: nothing is started any more
};

PodRecord new_pod_record(const Json& pod);
// "Pending", "Running", "Succeeded" or "Failed".
std::string pod_phase(const Json& pod, const PodRecord& record);
// The whole status; conditions that others own stay as they are.
Json pod_status(const Json& pod, const PodRecord& record, const std::string& now);

std::string container_status_id(const ContainerId& id);  // "containerd://…"
Json waiting_state(const std::string& reason, const std::string& message = {});
Json terminated_state(const ContainerRecord& record, int exit_code, const std::string& reason, const std::string& now);

}  // namespace kforge::sandbox
