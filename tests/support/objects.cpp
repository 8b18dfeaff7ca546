// SPDX-License-Identifier: Apache-2.0
#include "tests/support/objects.hpp"

#include "base/duration.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

Json labels_of(std::string_view app) {
  return {{"app", app}};
}

Json pod_template(std::string_view app) {
  return {{"metadata", {{"labels", labels_of(app)}}},
          {"spec",
           {{"restartPolicy", "Always"},
            {"containers", Json::array({{{"name", app},
                                         {"image", fmt::format("registry.example.com/shop/{}:v1.1.0", app)},
                                         {"ports", Json::array({{{"containerPort", 8001}, {"name", "http"}}})},
                                         {"resources", {{"limits", {{"memory", "512Mi"}}}}}}})}}}};
}

Json workload(std::string_view kind, std::string_view name) {
  Json made = object("apps/v1", kind, name);
  made["metadata"]["labels"] = labels_of(name);
  made["spec"] = {{"selector", {{"matchLabels", labels_of(name)}}}, {"template", pod_template(name)}};
  made["status"] = {{"observedGeneration", 1}};
  return made;
}

Json owner_reference(const Json& owner) {
  return {{"apiVersion", owner["apiVersion"]}, {"kind", owner["kind"]}, {"name", owner["metadata"]["name"]},
          {"uid", owner["metadata"]["uid"]},   {"controller", true},    {"blockOwnerDeletion", true}};
}

Json running_status(const Json& container) {
  return {
      {"name", container["name"]}, {"image", container["image"]}, {"ready", true},
      {"started", true},           {"restartCount", 0},           {"state", {{"running", {{"startedAt", origin}}}}}};
}

Json running(Json pod) {
  pod["spec"]["nodeName"] = "node-1";
  pod["status"] = {{"phase", "Running"}, {"startTime", origin}, {"containerStatuses", Json::array()}};
  for (const Json& container : pod["spec"]["containers"])
    pod["status"]["containerStatuses"].push_back(running_status(container));
  for (const std::string_view type :
       {"PodScheduled", "Initialized", "PodReadyToStartContainers", "ContainersReady", "Ready"})
    pod = with_condition(std::move(pod), type, "True");
  return pod;
}

Json not_ready(Json pod) {
  pod = with_condition(std::move(pod), "ContainersReady", "False", "ContainersNotReady");
  return with_condition(std::move(pod), "Ready", "False", "ContainersNotReady");
}

Json terminated(int exit_code, std::string_view reason) {
  return {{"exitCode", exit_code}, {"reason", reason}, {"startedAt", origin}, {"finishedAt", at_second(5)}};
}

Json& first_status(Json& pod) {
  return pod["status"]["containerStatuses"][0];
}

}  // namespace

std::string at_second(int seconds) {
  return format_rfc3339(*parse_rfc3339(origin) + std::chrono::seconds(seconds));
}

Json object(std::string_view api_version, std::string_view kind, std::string_view name, std::string_view name_space) {
  Json made = {{"apiVersion", api_version},
               {"kind", kind},
               {"metadata",
                {{"name", name},
                 {"uid", fmt::format("uid-{}-{}-{}", kind, name_space, name)},
                 {"generation", 1},
                 {"creationTimestamp", origin}}}};
  if (!name_space.empty()) made["metadata"]["namespace"] = name_space;
  return made;
}

Json deployment(std::string_view name, int replicas) {
  Json made = workload("Deployment", name);
  made["metadata"]["annotations"] = {{"deployment.kubernetes.io/revision", "1"}};
  made["spec"]["replicas"] = replicas;
  made["spec"]["progressDeadlineSeconds"] = 600;
  made["status"] = {{"observedGeneration", 1},
                    {"replicas", replicas},
                    {"updatedReplicas", replicas},
                    {"readyReplicas", replicas},
                    {"availableReplicas", replicas}};
  made = with_condition(std::move(made), "Available", "True", "MinimumReplicasAvailable");
  return with_condition(std::move(made), "Progressing", "True", "NewReplicaSetAvailable");
}

Json stateful_set(std::string_view name, int replicas) {
  Json made = workload("StatefulSet", name);
  made["spec"]["replicas"] = replicas;
  made["spec"]["serviceName"] = name;
  made["spec"]["podManagementPolicy"] = "OrderedReady";
  made["spec"]["updateStrategy"] = {{"type", "RollingUpdate"}, {"rollingUpdate", {{"partition", 0}}}};
  made["status"] = {{"observedGeneration", 1},
                    {"replicas", replicas},
                    {"readyReplicas", replicas},
                    {"availableReplicas", replicas},
                    {"updatedReplicas", replicas},
                    {"currentReplicas", replicas},
                    {"currentRevision", fmt::format("{}-1", name)},
                    {"updateRevision", fmt::format("{}-1", name)}};
  return made;
}

Json daemon_set(std::string_view name, int nodes) {
  Json made = workload("DaemonSet", name);
  made["metadata"]["annotations"] = {{"deprecated.daemonset.template.generation", "1"}};
  made["spec"]["updateStrategy"] = {{"type", "RollingUpdate"}};
  made["status"] = {{"observedGeneration", 1},
                    {"desiredNumberScheduled", nodes},
                    {"currentNumberScheduled", nodes},
                    {"updatedNumberScheduled", nodes},
                    {"numberReady", nodes},
                    {"numberAvailable", nodes},
                    {"numberMisscheduled", 0}};
  return made;
}

Json job(std::string_view name) {
  Json made = object("batch/v1", "Job", name);
  made["spec"] = {{"completions", 1}, {"parallelism", 1}, {"backoffLimit", 3}, {"template", pod_template(name)}};
  made["spec"]["template"]["spec"]["restartPolicy"] = "Never";
  made["status"] = {{"startTime", origin}, {"active", 1}, {"ready", 0}};
  return made;
}

Json cron_job(std::string_view name) {
  Json made = object("batch/v1", "CronJob", name);
  made["spec"] = {{"schedule", "0 3 * * *"}, {"jobTemplate", {{"spec", {{"template", pod_template(name)}}}}}};
  return made;
}

Json replica_set(const Json& deployment, int revision, int replicas, int ready) {
  const std::string name = fmt::format("{}-{}", deployment["metadata"]["name"].get<std::string>(), revision);
  Json made = object("apps/v1", "ReplicaSet", name);
  made["metadata"]["annotations"] = {{"deployment.kubernetes.io/revision", std::to_string(revision)}};
  made["metadata"]["ownerReferences"] = Json::array({owner_reference(deployment)});
  made["spec"] = {{"replicas", replicas},
                  {"selector", deployment["spec"]["selector"]},
                  {"template", deployment["spec"]["template"]}};
  made["spec"]["template"]["metadata"]["labels"]["pod-template-hash"] = std::to_string(revision);
  made["status"] = {{"observedGeneration", 1},
                    {"replicas", replicas},
                    {"readyReplicas", ready < 0 ? replicas : ready},
                    {"availableReplicas", ready < 0 ? replicas : ready}};
  return made;
}

Json pod_of(const Json& owner, int index) {
  const std::string name = fmt::format("{}-{}", owner["metadata"]["name"].get<std::string>(), index);
  Json made = object("v1", "Pod", name);
  made["metadata"]["ownerReferences"] = Json::array({owner_reference(owner)});
  made["metadata"]["labels"] = owner["spec"]["template"]["metadata"]["labels"];
  if (owner["kind"] == "StatefulSet")
    made["metadata"]["labels"]["controller-revision-hash"] = owner["status"]["updateRevision"];
  if (owner["kind"] == "DaemonSet")
    made["metadata"]["labels"]["pod-template-generation"] =
        owner["metadata"]["annotations"]["deprecated.daemonset.template.generation"];
  made["spec"] = owner["spec"]["template"]["spec"];
  return running(std::move(made));
}

Json bare_pod(std::string_view name) {
  Json made = object("v1", "Pod", name);
  made["metadata"]["labels"] = labels_of(name);
  made["spec"] = pod_template(name)["spec"];
  return running(std::move(made));
}

Json service(std::string_view name, std::string_view selects_app) {
  Json made = object("v1", "Service", name);
  made["spec"] = {{"type", "ClusterIP"},
                  {"clusterIP", "10.96.0.7"},
                  {"selector", labels_of(selects_app)},
                  {"ports", Json::array({{{"port", 80}, {"targetPort", "http"}}})}};
  made["status"] = {{"loadBalancer", Json::object()}};
  return made;
}

Json endpoint_slice(const Json& service, bool ready) {
  const auto name = service["metadata"]["name"].get<std::string>();
  Json made = object("discovery.k8s.io/v1", "EndpointSlice", name + "-abcde");
  made["metadata"]["labels"] = {{"kubernetes.io/service-name", name}};
  made["ports"] = Json::array({{{"name", ""}, {"port", 8001}}});
  made["endpoints"] = Json::array({{{"addresses", Json::array({"10.244.0.5"})}, {"conditions", {{"ready", ready}}}}});
  return made;
}

Json claim(std::string_view name, std::string_view phase) {
  Json made = object("v1", "PersistentVolumeClaim", name);
  made["spec"] = {{"accessModes", Json::array({"ReadWriteOnce"})}, {"storageClassName", "standard"}};
  made["status"] = {{"phase", phase}};
  return made;
}

Json storage_class(std::string_view name, std::string_view binding_mode) {
  Json made = object("storage.k8s.io/v1", "StorageClass", name, "");
  made["provisioner"] = "example.com/disk";
  made["volumeBindingMode"] = binding_mode;
  return made;
}

Json autoscaler(std::string_view target, int min, int max) {
  Json made = object("autoscaling/v2", "HorizontalPodAutoscaler", target);
  made["spec"] = {{"minReplicas", min},
                  {"maxReplicas", max},
                  {"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", target}}}};
  made = with_condition(std::move(made), "AbleToScale", "True", "ReadyForNewScale");
  return with_condition(std::move(made), "ScalingActive", "True", "ValidMetricFound");
}

Json disruption_budget(std::string_view app, int expected_pods) {
  Json made = object("policy/v1", "PodDisruptionBudget", app);
  made["spec"] = {{"maxUnavailable", 1}, {"selector", {{"matchLabels", labels_of(app)}}}};
  made["status"] = {{"observedGeneration", 1},
                    {"expectedPods", expected_pods},
                    {"currentHealthy", expected_pods},
                    {"desiredHealthy", expected_pods > 0 ? expected_pods - 1 : 0},
                    {"disruptionsAllowed", expected_pods > 0 ? 1 : 0}};
  return made;
}

Json name_space(std::string_view name, std::string_view phase) {
  Json made = object("v1", "Namespace", name, "");
  made["status"] = {{"phase", phase}};
  return made;
}

Json node(std::string_view name, bool ready) {
  return with_condition(object("v1", "Node", name, ""), "Ready", ready ? "True" : "Unknown");
}

Json event_about(const Json& subject, std::string_view reason, std::string_view message, int seconds) {
  const auto name = subject["metadata"]["name"].get<std::string>();
  Json made = object("v1", "Event", fmt::format("{}.{}.{}", name, reason, seconds));
  made["involvedObject"] = {{"kind", subject["kind"]}, {"name", name}, {"uid", subject["metadata"]["uid"]}};
  made["reason"] = reason;
  made["message"] = message;
  made["type"] = reason.starts_with("Failed") || reason == "Unhealthy" ? "Warning" : "Normal";
  made["count"] = 1;
  made["firstTimestamp"] = made["lastTimestamp"] = at_second(seconds);
  return made;
}

Json changed(Json object, const Json& patch) {
  object.merge_patch(patch);
  return object;
}

Json labelled(Json object, std::string_view key, std::string_view value) {
  object["metadata"]["labels"][std::string(key)] = value;
  return object;
}

Json with_condition(Json object, std::string_view type, std::string_view status, std::string_view reason,
                    std::string_view message, int seconds) {
  Json condition = {{"type", type}, {"status", status}, {"lastTransitionTime", at_second(seconds)}};
  if (object["kind"] == "Deployment") condition["lastUpdateTime"] = at_second(seconds);
  if (!reason.empty()) condition["reason"] = reason;
  if (!message.empty()) condition["message"] = message;
  Json& conditions = object["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (Json& each : conditions)
    if (each["type"] == type) {
      each = condition;
      return object;
    }
  conditions.push_back(condition);
  return object;
}

Json unobserved(Json object) {
  object["metadata"]["generation"] = object["metadata"]["generation"].get<int>() + 1;
  return object;
}

Json deleting(Json object) {
  object["metadata"]["deletionTimestamp"] = origin;
  return object;
}

Json rolling(Json deployment, int updated, int ready, int old_pods) {
  Json& status = deployment["status"];
  status["replicas"] = updated + old_pods;
  status["updatedReplicas"] = updated;
  status["readyReplicas"] = status["availableReplicas"] = ready + old_pods;
  if (updated > ready) status["unavailableReplicas"] = updated - ready;
  return with_condition(std::move(deployment), "Progressing", "True", "ReplicaSetUpdated");
}

Json pending(Json pod, std::string_view message) {
  pod["spec"].erase("nodeName");
  pod["status"] = {{"phase", "Pending"}};
  return with_condition(std::move(pod), "PodScheduled", "False", "Unschedulable", message);
}

Json creating(Json pod) {
  pod = waiting(std::move(pod), "ContainerCreating", "");
  return with_condition(std::move(pod), "PodReadyToStartContainers", "False");
}

Json waiting(Json pod, std::string_view reason, std::string_view message, int restarts) {
  Json& status = first_status(pod);
  status["ready"] = status["started"] = false;
  status["restartCount"] = restarts;
  status["state"] = {{"waiting", {{"reason", reason}}}};
  if (!message.empty()) status["state"]["waiting"]["message"] = message;
  if (restarts == 0) pod["status"]["phase"] = "Pending";
  return not_ready(std::move(pod));
}

Json crashing(Json pod, int restarts, int exit_code, std::string_view reason) {
  pod = waiting(std::move(pod), "CrashLoopBackOff", "back-off 20s restarting failed container", restarts);
  pod["status"]["phase"] = "Running";
  first_status(pod)["lastState"] = {{"terminated", terminated(exit_code, reason)}};
  return pod;
}

Json unready(Json pod, int restarts) {
  Json& status = first_status(pod);
  status["ready"] = false;
  status["restartCount"] = restarts;
  if (restarts > 0) status["lastState"] = {{"terminated", terminated(1, "Error")}};
  return not_ready(std::move(pod));
}

Json failing_init(Json pod, std::string_view init, int restarts, int exit_code) {
  pod["spec"]["initContainers"] = Json::array({{{"name", init}, {"image", "registry.example.com/shop/init:1"}}});
  const Json backing_off = {{"reason", "CrashLoopBackOff"}, {"message", "back-off 20s restarting failed container"}};
  pod["status"]["initContainerStatuses"] =
      Json::array({{{"name", init},
                    {"ready", false},
                    {"restartCount", restarts},
                    {"state", {{"waiting", backing_off}}},
                    {"lastState", {{"terminated", terminated(exit_code, "Error")}}}}});
  pod = waiting(std::move(pod), "PodInitializing", "");
  return with_condition(std::move(pod), "Initialized", "False", "ContainersNotInitialized");
}

Json evicted(Json pod) {
  pod["status"]["phase"] = "Failed";
  pod["status"]["reason"] = "Evicted";
  pod["status"]["message"] = "The node was low on resource: memory.";
  return not_ready(std::move(pod));
}

}  // namespace kforge::tests
