// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/pod_status.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

struct Verdict {
  bool fine = false;
  std::string reason, message;
};

bool is_initialized(const ContainerRecord& container) {
  return container.role == ContainerRole::sidecar ? container.started : container.ready;
}

bool ran_before(const ContainerRecord& container) {
  return container.state.contains("running") || container.state.contains("terminated") || !container.last_state.empty();
}

Verdict judge_initialized(const PodRecord& record, const std::string& phase) {
  if (phase == "Succeeded") return {true, "PodCompleted", ""};
  std::vector<std::string> missing;
  for (const ContainerRecord& container : record.containers) {
    if (container.role == ContainerRole::main && ran_before(container)) return {true, "", ""};
    if (container.role != ContainerRole::main && !is_initialized(container)) missing.push_back(container.id.container);
  }
  if (missing.empty()) return {true, "", ""};
  return {false, "ContainersNotInitialized",
          fmt::format("containers with incomplete status: [{}]", join(missing, " "))};
}

Verdict judge_containers(const PodRecord& record, const std::string& phase) {
  if (phase == "Succeeded") return {false, "PodCompleted", ""};
  if (phase == "Failed") return {false, "PodFailed", ""};
  std::vector<std::string> unready;
  for (const ContainerRecord& container : record.containers)
    if (container.role != ContainerRole::init && !container.ready) unready.push_back(container.id.container);
  if (unready.empty()) return {true, "", ""};
  return {false, "ContainersNotReady", fmt::format("containers with unready status: [{}]", join(unready, " "))};
}

std::string condition_status(const Json& conditions, const std::string& type) {
  for (const Json& condition : conditions)
    if (string_at(condition, {"type"}) == type) return string_at(condition, {"status"});
  return {};
}

Verdict judge_ready(const Json& pod, const Verdict& containers) {
  if (!containers.fine) return containers;
  std::vector<std::string> missing;
  for (const Json& gate : at_path(pod, {"spec", "readinessGates"})) {
    const std::string type = string_at(gate, {"conditionType"});
    const std::string status = condition_status(at_path(pod, {"status", "conditions"}), type);
    if (status.empty())
      missing.push_back(fmt::format("corresponding condition of pod readiness gate \"{}\" does not exist.", type));
    else if (status != "True")
      missing.push_back(fmt::format("the status of pod readiness gate \"{}\" is not \"True\", but {}", type, status));
  }
  if (missing.empty()) return {true, "", ""};
  return {false, "ReadinessGatesNotReady", join(missing, ", ")};
}

// A condition of the kubelet's; its transition time moves only when its status does.
Json condition(const Json& pod, const std::string& type, const Verdict& verdict, const std::string& now) {
  Json next{{"type", type},
            {"status", verdict.fine ? "True" : "False"},
            {"lastProbeTime", nullptr},
            {"lastTransitionTime", now},
            {"observedGeneration", int_at(pod, {"metadata", "generation"}, 1)}};
  if (!verdict.reason.empty()) next["reason"] = verdict.reason;
  if (!verdict.message.empty()) next["message"] = verdict.message;
  for (const Json& known : at_path(pod, {"status", "conditions"}))
    if (string_at(known, {"type"}) == type && at_path(known, {"status"}) == next["status"])
      next["lastTransitionTime"] = string_at(known, {"lastTransitionTime"}, now);
  return next;
}

Json conditions_of(const Json& pod, const PodRecord& record, const std::string& phase, const std::string& now) {
  const Verdict containers = judge_containers(record, phase);
  Json conditions = Json::array();
  conditions.push_back(condition(pod, "PodReadyToStartContainers", {!record.pod_ip.empty(), "", ""}, now));
  conditions.push_back(condition(pod, "Initialized", judge_initialized(record, phase), now));
  conditions.push_back(condition(pod, "Ready", judge_ready(pod, containers), now));
  conditions.push_back(condition(pod, "ContainersReady", containers, now));
  for (const Json& known : at_path(pod, {"status", "conditions"}))
    if (condition_status(conditions, string_at(known, {"type"})).empty()) conditions.push_back(known);
  return conditions;
}

Json container_status(const Json& pod, const ContainerRecord& container) {
  Json status{
      {"name", container.id.container}, {"image", string_at(container_spec(pod, container.id.container), {"image"})},
      {"imageID", container.image_id},  {"ready", container.ready},
      {"started", container.started},   {"restartCount", container.id.attempt},
      {"state", container.state},       {"lastState", container.last_state}};
  if (container.state.contains("running") || container.state.contains("terminated"))
    status["containerID"] = container_status_id(container.id);
  else if (!container.last_state.empty())
    status["containerID"] = at_path(container.last_state, {"terminated", "containerID"});
  return status;
}

}  // namespace

PodRecord new_pod_record(const Json& pod) {
  PodRecord record;
  const std::string uid = string_at(pod, {"metadata", "uid"});
  const bool has_init = !at_path(pod, {"spec", "initContainers"}).empty();
  const Json waiting = waiting_state(has_init ? "PodInitializing" : "ContainerCreating");
  for (const Json& container : at_path(pod, {"spec", "initContainers"}))
    record.containers.push_back({{uid, string_at(container, {"name"}), 0},
                                 is_sidecar(container) ? ContainerRole::sidecar : ContainerRole::init,
                                 ContainerRecord::Stage::idle,
                                 waiting});
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    record.containers.push_back(
        {{uid, string_at(container, {"name"}), 0}, ContainerRole::main, ContainerRecord::Stage::idle, waiting});
  return record;
}

std::string pod_phase(const Json& pod, const PodRecord& record) {
  if (!record.failure_reason.empty()) return "Failed";
  bool waiting = false, running = false, all_succeeded = true, all_ended = true;
  for (const ContainerRecord& container : record.containers) {
    if (container.role == ContainerRole::init && container.failed_for_good) return "Failed";
    if (container.role != ContainerRole::main) {
      if (!is_initialized(container) && !ran_before(record.containers.back())) waiting = true;
      continue;
    }
    const bool ended = container.stage == ContainerRecord::Stage::ended;
    all_ended = all_ended && ended;
    all_succeeded = all_succeeded && ended && !container.failed_for_good;
    waiting = waiting || !ran_before(container);
    running = running || ran_before(container);
  }
  if (all_ended && string_at(pod, {"spec", "restartPolicy"}) != "Always") return all_succeeded ? "Succeeded" : "Failed";
  if (all_ended && record.stopping) return all_succeeded ? "Succeeded" : "Failed";
  return waiting || !running ? "Pending" : "Running";
}

Json pod_status(const Json& pod, const PodRecord& record, const std::string& now) {
  const std::string phase = pod_phase(pod, record);
  Json status{{"phase", phase},
              {"observedGeneration", int_at(pod, {"metadata", "generation"}, 1)},
              {"qosClass", at_path(pod, {"status", "qosClass"})},
              {"startTime", record.start_time},
              {"hostIP", record.node_ip},
              {"hostIPs", {{{"ip", record.node_ip}}}},
              {"conditions", conditions_of(pod, record, phase, now)}};
  if (!record.pod_ip.empty()) {
    status["podIP"] = record.pod_ip;
    status["podIPs"] = {{{"ip", record.pod_ip}}};
  }
  if (!record.failure_reason.empty()) {
    status["reason"] = record.failure_reason;
    status["message"] = record.failure_message;
  }
  for (const ContainerRecord& container : record.containers)
    status[container.role == ContainerRole::main ? "containerStatuses" : "initContainerStatuses"].push_back(
        container_status(pod, container));
  return status;
}

std::string container_status_id(const ContainerId& id) {
  return "containerd://" + sha256_hex(fmt::format("{}/{}/{}", id.pod_uid, id.container, id.attempt));
}

Json waiting_state(const std::string& reason, const std::string& message) {
  Json waiting{{"reason", reason}};
  if (!message.empty()) waiting["message"] = message;
  return {{"waiting", waiting}};
}

Json terminated_state(const ContainerRecord& record, int exit_code, const std::string& reason, const std::string& now) {
  const std::string started = string_at(record.state, {"running", "startedAt"}, now);
  return {{"terminated",
           {{"exitCode", exit_code},
            {"reason", reason},
            {"startedAt", started},
            {"finishedAt", now},
            {"containerID", container_status_id(record.id)}}}};
}

}  // namespace kforge::sandbox
