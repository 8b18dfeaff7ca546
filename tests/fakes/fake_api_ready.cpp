// SPDX-License-Identifier: Apache-2.0
// What controllers write into the status of an object whose rollout went well.
#include "tests/fakes/fake_api.hpp"

namespace kforge::tests {
namespace {

Json condition(const char* type, const char* reason = "") {
  return {{"type", type}, {"status", "True"}, {"reason", reason}};
}

Json deployment_status(const Json& object) {
  const std::int64_t replicas = int_at(object, {"spec", "replicas"}, 1);
  return {{"observedGeneration", int_at(object, {"metadata", "generation"})},
          {"replicas", replicas},
          {"updatedReplicas", replicas},
          {"readyReplicas", replicas},
          {"availableReplicas", replicas},
          {"conditions",
           {condition("Available", "MinimumReplicasAvailable"), condition("Progressing", "NewReplicaSetAvailable")}}};
}

Json stateful_set_status(const Json& object) {
  Json status = deployment_status(object);
  status.erase("conditions");
  const std::string revision =
      string_at(object, {"metadata", "name"}) + "-" + std::to_string(int_at(object, {"metadata", "generation"}));
  status["currentReplicas"] = status["replicas"];
  status["currentRevision"] = status["updateRevision"] = revision;
  return status;
}

Json daemon_set_status(const Json& object) {
  return {{"observedGeneration", int_at(object, {"metadata", "generation"})},
          {"desiredNumberScheduled", 1},
          {"currentNumberScheduled", 1},
          {"updatedNumberScheduled", 1},
          {"numberReady", 1},
          {"numberAvailable", 1},
          {"numberMisscheduled", 0}};
}

Json job_status(const Json& object) {
  return {{"succeeded", int_at(object, {"spec", "completions"}, 1)},
          {"conditions",
           {condition("SuccessCriteriaMet", "CompletionsReached"), condition("Complete", "CompletionsReached")}}};
}

Json claim_status(const Json&) {
  return {{"phase", "Bound"}};
}

Json crd_status(const Json&) {
  return {
      {"conditions", {condition("NamesAccepted", "NoConflicts"), condition("Established", "InitialNamesAccepted")}}};
}

using StatusOf = Json (*)(const Json& object);
const std::map<std::string, StatusOf> statuses = {
    {"Deployment", deployment_status},       {"StatefulSet", stateful_set_status},
    {"DaemonSet", daemon_set_status},        {"Job", job_status},
    {"PersistentVolumeClaim", claim_status}, {"CustomResourceDefinition", crd_status}};

}  // namespace

void FakeCluster::make_ready_after(Milliseconds delay, std::set<std::string> except) {
  for (const auto& [kind, status_of] : statuses)
    when_written(kind, "", delay,
                 [kind = kind, status_of = status_of, except](FakeCluster& cluster, const Json& written) {
                   const std::string name_space = string_at(written, {"metadata", "namespace"}),
                                     name = string_at(written, {"metadata", "name"});
                   const std::optional<Json> now = cluster.find(kind, name_space, name);
                   if (now && !except.contains(name)) cluster.set_status(kind, name_space, name, status_of(*now));
                 });
}

}  // namespace kforge::tests
