// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/support/json_mutation.hpp"
#include "tests/unit/sandbox/cluster.hpp"

#include <algorithm>
#include <random>

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;
using namespace std::chrono_literals;

namespace {

Json condition_of(const Json& object, const char* type) {
  const Json* found = find_condition(at_path(object, {"status"}), type);
  return found == nullptr ? Json() : *found;
}

std::vector<std::string> names(const std::vector<Json>& objects) {
  std::vector<std::string> result;
  for (const Json& object : objects) result.push_back(name_of(object));
  return result;
}

Json service(const std::string& name) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", name}, {"namespace", "shop"}}},
      {"spec", {{"selector", {{"app", name}}}, {"ports", {{{"name", "http"}, {"port", 80}, {"targetPort", "http"}}}}}}};
}

Json ready_endpoints(const Cluster& cluster, const std::string& service_name) {
  Json ready = Json::array();
  for (const Json& slice : cluster.list("endpointslices.discovery.k8s.io"))
    if (string_at(slice, {"metadata", "labels", "kubernetes.io/service-name"}) == service_name)
      for (const Json& endpoint : at_path(slice, {"endpoints"}))
        if (bool_at(endpoint, {"conditions", "ready"})) ready.push_back(endpoint);
  return ready;
}

void set_image(Cluster& cluster, const std::string& resource, const std::string& name, const std::string& image) {
  cluster.change(resource, name,
                 [&](Json& object) { object["spec"]["template"]["spec"]["containers"][0]["image"] = image; });
}

}  // namespace

TEST_CASE("a Deployment becomes available and says so as the real controller does") {
  Cluster cluster;
  cluster.create(deployment("web", 2));
  cluster.run_for(5s);
  const Json web = cluster.get("deployments.apps", "web");
  CHECK(int_at(web, {"status", "availableReplicas"}) == 2);
  CHECK(string_at(condition_of(web, "Available"), {"reason"}) == "MinimumReplicasAvailable");
  CHECK(string_at(condition_of(web, "Progressing"), {"reason"}) == "NewReplicaSetAvailable");
  CHECK(string_at(web, {"metadata", "annotations", "deployment.kubernetes.io/revision"}) == "1");
  const Json set = cluster.list("replicasets.apps").at(0);
  CHECK(cluster.has_event("web", "Normal ScalingReplicaSet: Scaled up replica set " + name_of(set) + " from 0 to 2"));
}

TEST_CASE("a new image rolls out without losing availability; the old one comes back as its own ReplicaSet") {
  Cluster cluster;
  cluster.create(deployment("web", 4));
  cluster.run_for(5s);
  const std::string first = name_of(cluster.list("replicasets.apps").at(0));
  set_image(cluster, "deployments.apps", "web", "app:v2");
  for (int step = 0; step < 100; ++step) {
    cluster.run_for(100ms);
    const auto pods = cluster.list("pods");
    CHECK(std::ranges::count_if(pods, [](const Json& pod) { return pod_is_ready(pod) && !is_terminating(pod); }) >= 3);
  }
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"status", "updatedReplicas"}) == 4);
  CHECK(cluster.list("replicasets.apps").size() == 2);
  set_image(cluster, "deployments.apps", "web", "app:v1");
  cluster.run_for(10s);
  CHECK(cluster.list("replicasets.apps").size() == 2);
  const Json back = cluster.get("replicasets.apps", first);
  CHECK(int_at(back, {"status", "availableReplicas"}) == 4);
  CHECK(string_at(back, {"metadata", "annotations", "deployment.kubernetes.io/revision"}) == "3");
}

TEST_CASE("a Deployment that is paused in a rollout grows and shrinks in proportion") {
  Cluster cluster;
  Json web = deployment("web", 10);
  web["spec"]["strategy"] = {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxSurge", 3}, {"maxUnavailable", 2}}}};
  cluster.create(web);
  cluster.run_for(10s);
  set_image(cluster, "deployments.apps", "web", "app:never-ready");
  cluster.run_for(10s);
  const auto sizes = [&] {
    std::vector<std::int64_t> result;
    for (const Json& set : cluster.list("replicasets.apps")) result.push_back(int_at(set, {"spec", "replicas"}));
    std::ranges::sort(result);
    return result;
  };
  REQUIRE(sizes() == std::vector<std::int64_t>{5, 8});
  cluster.change("deployments.apps", "web", [](Json& object) {
    object["spec"]["paused"] = true;
    object["spec"]["replicas"] = 15;
  });
  cluster.run_for(5s);
  CHECK(sizes() ==
        std::vector<std::int64_t>{7, 11});  // the example of the Deployment page of Kubernetes' documentation
  cluster.change("deployments.apps", "web", [](Json& object) { object["spec"]["replicas"] = 0; });
  cluster.run_for(5s);
  CHECK(sizes() == std::vector<std::int64_t>{0, 0});
}

TEST_CASE("a rollout that gets no further exceeds its progress deadline") {
  Cluster cluster;
  Json web = deployment("web", 1);
  web["spec"]["progressDeadlineSeconds"] = 30;
  cluster.create(web);
  cluster.run_for(5s);
  set_image(cluster, "deployments.apps", "web", "app:never-ready");
  cluster.run_for(20s);
  CHECK(string_at(condition_of(cluster.get("deployments.apps", "web"), "Progressing"), {"reason"}) ==
        "ReplicaSetUpdated");
  cluster.run_for(15s);
  const Json progress = condition_of(cluster.get("deployments.apps", "web"), "Progressing");
  CHECK(string_at(progress, {"reason"}) == "ProgressDeadlineExceeded");
  CHECK(string_at(progress, {"message"}).ends_with("has timed out progressing."));
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"status", "availableReplicas"}) == 1);
}

TEST_CASE("a Service has the endpoints that are ready") {
  Cluster cluster;
  cluster.create(service("web"));
  cluster.create(deployment("web", 2));
  cluster.run_for(5s);
  CHECK(ready_endpoints(cluster, "web").size() == 2);
  CHECK(cluster.get("endpoints", "web")["subsets"][0]["addresses"].size() == 2);
  CHECK(cluster.get("endpoints", "web")["subsets"][0]["ports"][0]["port"] == 8000);
  cluster.change("deployments.apps", "web", [](Json& object) { object["spec"]["replicas"] = 0; });
  cluster.run_for(5s);
  CHECK(ready_endpoints(cluster, "web").empty());
  cluster.remove("services", "web");
  cluster.run_for(1s);
  CHECK(cluster.list("endpointslices.discovery.k8s.io").empty());
  CHECK_FALSE(cluster.exists("endpoints", "web"));
}

TEST_CASE("a StatefulSet starts its pods in order, each with a claim of its own") {
  Cluster cluster;
  cluster.create(stateful_set("db", 3));
  cluster.run_for(300ms);
  CHECK(names(cluster.list("pods")) == std::vector<std::string>{"db-0"});
  cluster.run_for(10s);
  CHECK(names(cluster.list("pods")) == std::vector<std::string>{"db-0", "db-1", "db-2"});
  for (const Json& claim : cluster.list("persistentvolumeclaims"))
    CHECK(string_at(claim, {"status", "phase"}) == "Bound");
  CHECK(names(cluster.list("persistentvolumeclaims")) ==
        std::vector<std::string>{"data-db-0", "data-db-1", "data-db-2"});
  CHECK(cluster.has_event("db", "Create Claim data-db-0 Pod db-0 in StatefulSet db success"));
  CHECK(cluster.has_event("db", "Create Pod db-2 in StatefulSet db successful"));
  const Json db = cluster.get("statefulsets.apps", "db");
  CHECK(int_at(db, {"status", "readyReplicas"}) == 3);
  CHECK(string_at(db, {"status", "currentRevision"}) == string_at(db, {"status", "updateRevision"}));
}

TEST_CASE("a StatefulSet rolls from its highest pod down to the partition") {
  Cluster cluster;
  Json db = stateful_set("db", 3);
  db["spec"]["updateStrategy"] = {{"type", "RollingUpdate"}, {"rollingUpdate", {{"partition", 1}}}};
  cluster.create(db);
  cluster.run_for(15s);
  set_image(cluster, "statefulsets.apps", "db", "db:v2");
  cluster.run_for(20s);
  const auto image_of = [&](const char* name) {
    return string_at(cluster.get("pods", name)["spec"]["containers"][0], {"image"});
  };
  CHECK(image_of("db-0") == "db:v1");
  CHECK(image_of("db-1") == "db:v2");
  CHECK(image_of("db-2") == "db:v2");
  const Json status = cluster.get("statefulsets.apps", "db")["status"];
  CHECK(int_at(status, {"updatedReplicas"}) == 2);
  CHECK(string_at(status, {"currentRevision"}) != string_at(status, {"updateRevision"}));
  cluster.remove("pods", "db-0");
  cluster.run_for(5s);
  CHECK(image_of("db-0") == "db:v1");  // below the partition it comes back as it was
  set_image(cluster, "statefulsets.apps", "db", "db:v1");
  cluster.run_for(20s);
  CHECK(cluster.list("controllerrevisions.apps").size() == 2);
  CHECK(image_of("db-2") == "db:v1");
}

TEST_CASE("a StatefulSet whose new pod does not become ready goes no further") {
  Cluster cluster;
  cluster.create(stateful_set("db", 2));
  cluster.run_for(10s);
  set_image(cluster, "statefulsets.apps", "db", "db:never-ready");
  cluster.run_for(60s);
  CHECK(string_at(cluster.get("pods", "db-0")["spec"]["containers"][0], {"image"}) == "db:v1");
  CHECK(int_at(cluster.get("statefulsets.apps", "db"), {"status", "readyReplicas"}) == 1);
}

TEST_CASE("a StatefulSet shrinks from the top and keeps the claims") {
  Cluster cluster;
  cluster.create(stateful_set("db", 3));
  cluster.run_for(10s);
  cluster.change("statefulsets.apps", "db", [](Json& object) { object["spec"]["replicas"] = 1; });
  cluster.run_for(5s);
  CHECK(names(cluster.list("pods")) == std::vector<std::string>{"db-0"});
  CHECK(cluster.list("persistentvolumeclaims").size() == 3);
}

TEST_CASE("a Job is complete when its pod has succeeded") {
  Cluster cluster;
  cluster.create(job("migrate"));
  cluster.run_for(10s);
  const Json migrate = cluster.get("jobs.batch", "migrate");
  CHECK(condition_is_true(migrate, "Complete"));
  CHECK(condition_is_true(migrate, "SuccessCriteriaMet"));
  CHECK(int_at(migrate, {"status", "succeeded"}) == 1);
  CHECK_FALSE(string_at(migrate, {"status", "completionTime"}).empty());
  CHECK(cluster.pod_states() == std::vector<std::string>{"Succeeded Completed"});
  CHECK(cluster.has_event("migrate", "Normal Completed: Job completed"));
}

TEST_CASE("a Job fails when its back-off limit is exceeded") {
  Cluster cluster;
  cluster.create(job("migrate", "exit 3"));
  cluster.run_for(15s);
  CHECK(int_at(cluster.get("jobs.batch", "migrate"), {"status", "failed"}) == 2);
  CHECK_FALSE(condition_is_true(cluster.get("jobs.batch", "migrate"), "Failed"));
  cluster.run_for(30s);
  const Json migrate = cluster.get("jobs.batch", "migrate");
  CHECK(string_at(condition_of(migrate, "Failed"), {"reason"}) == "BackoffLimitExceeded");
  CHECK(int_at(migrate, {"status", "failed"}) == 3);
  CHECK(cluster.pod_states().at(0) == "Failed Error");
}

TEST_CASE("a Job that takes too long is ended at its deadline") {
  Cluster cluster;
  Json slow = job("slow", "sleep 600");
  slow["spec"]["activeDeadlineSeconds"] = 20;
  cluster.create(slow);
  cluster.run_for(25s);
  CHECK(string_at(condition_of(cluster.get("jobs.batch", "slow"), "Failed"), {"reason"}) == "DeadlineExceeded");
  CHECK(cluster.list("pods").empty());
}

TEST_CASE("a finished Job goes after its time to live, with its pods") {
  Cluster cluster;
  Json migrate = job("migrate");
  migrate["spec"]["ttlSecondsAfterFinished"] = 60;
  cluster.create(migrate);
  cluster.run_for(30s);
  CHECK(cluster.exists("jobs.batch", "migrate"));
  cluster.run_for(60s);
  CHECK_FALSE(cluster.exists("jobs.batch", "migrate"));
  CHECK(cluster.list("pods").empty());
}

TEST_CASE("an indexed Job runs every index once") {
  Cluster cluster;
  Json work = job("work");
  work["spec"]["completionMode"] = "Indexed";
  work["spec"]["completions"] = 4;
  work["spec"]["parallelism"] = 2;
  cluster.create(work);
  cluster.run_for(30s);
  CHECK(condition_is_true(cluster.get("jobs.batch", "work"), "Complete"));
  std::vector<std::string> indexes;
  for (const Json& pod : cluster.list("pods"))
    indexes.push_back(string_at(pod, {"metadata", "annotations", "batch.kubernetes.io/job-completion-index"}));
  std::ranges::sort(indexes);
  CHECK(indexes == std::vector<std::string>{"0", "1", "2", "3"});
}

TEST_CASE("a DaemonSet runs on every node and rolls node by node") {
  Cluster cluster;
  Json agent = deployment("agent", 1);
  agent["kind"] = "DaemonSet";
  agent["spec"].erase("replicas");
  cluster.create(agent);
  cluster.run_for(5s);
  const Json status = cluster.get("daemonsets.apps", "agent")["status"];
  CHECK(int_at(status, {"desiredNumberScheduled"}) == 3);
  CHECK(int_at(status, {"numberAvailable"}) == 3);
  std::vector<std::string> nodes;
  for (const Json& pod : cluster.list("pods")) nodes.push_back(string_at(pod, {"spec", "nodeName"}));
  std::ranges::sort(nodes);
  CHECK(nodes == std::vector<std::string>{"sandbox-1", "sandbox-2", "sandbox-3"});
  set_image(cluster, "daemonsets.apps", "agent", "app:v2");
  cluster.run_for(800ms);
  CHECK(int_at(cluster.get("daemonsets.apps", "agent"), {"status", "numberAvailable"}) == 2);
  cluster.run_for(20s);
  CHECK(int_at(cluster.get("daemonsets.apps", "agent"), {"status", "updatedNumberScheduled"}) == 3);
  CHECK(int_at(cluster.get("daemonsets.apps", "agent"), {"status", "numberAvailable"}) == 3);
}

TEST_CASE("a CronJob starts a Job at its times and keeps a few") {
  Cluster cluster;
  Json spec = job("tick")["spec"];
  cluster.create({{"apiVersion", "batch/v1"},
                  {"kind", "CronJob"},
                  {"metadata", {{"name", "tick"}, {"namespace", "shop"}}},
                  {"spec", {{"schedule", "*/5 * * * *"}, {"jobTemplate", {{"spec", spec}}}}}});
  cluster.run_for(4min);
  CHECK(cluster.list("jobs.batch").empty());
  cluster.run_for(2min);
  CHECK(names(cluster.list("jobs.batch")) == std::vector<std::string>{"tick-29453765"});
  cluster.run_for(30min);
  CHECK(cluster.list("jobs.batch").size() == 3);
  CHECK(string_at(cluster.get("cronjobs.batch", "tick"), {"status", "lastScheduleTime"}) == "2026-01-01T00:35:00Z");
  CHECK(cluster.has_event("tick", "Normal SawCompletedJob: Saw completed job: tick-"));
}

TEST_CASE("deleting an owner takes what it owns, unless it is to be orphaned") {
  Cluster cluster;
  cluster.create(deployment("web", 1));
  cluster.create(deployment("kept", 1));
  cluster.run_for(5s);
  cluster.remove("deployments.apps", "web");
  cluster.remove("deployments.apps", "kept", "Orphan");
  cluster.run_for(5s);
  REQUIRE(cluster.list("replicasets.apps").size() == 1);
  CHECK(at_path(cluster.list("replicasets.apps")[0], {"metadata", "ownerReferences"}).empty());
  CHECK(cluster.list("pods").size() == 1);
}

TEST_CASE("an owner deleted in the foreground goes last") {
  Cluster cluster;
  cluster.create(deployment("web", 1));
  cluster.run_for(5s);
  cluster.remove("deployments.apps", "web", "Foreground");
  CHECK(cluster.exists("deployments.apps", "web"));
  CHECK(is_terminating(cluster.get("deployments.apps", "web")));
  cluster.run_for(5s);
  CHECK_FALSE(cluster.exists("deployments.apps", "web"));
  CHECK(cluster.list("pods").empty());
}

TEST_CASE("a namespace has its account and certificate, and goes when it is empty") {
  Cluster cluster;
  CHECK(cluster.exists("serviceaccounts", "default"));
  CHECK(cluster.exists("configmaps", "kube-root-ca.crt"));
  Json held = {{"apiVersion", "v1"},
               {"kind", "ConfigMap"},
               {"metadata", {{"name", "held"}, {"namespace", "shop"}, {"finalizers", {"example.com/hold"}}}}};
  cluster.create(held);
  cluster.create(deployment("web", 2));
  cluster.create(stateful_set("db", 1));
  cluster.run_for(10s);
  cluster.remove("namespaces", "shop");
  cluster.run_for(10s);
  const Json shop = cluster.get("namespaces", "shop", "");
  CHECK(string_at(shop, {"status", "phase"}) == "Terminating");
  CHECK(string_at(condition_of(shop, "NamespaceContentRemaining"), {"message"}) ==
        "Some resources are remaining: configmaps. has 1 resource instances");
  CHECK(string_at(condition_of(shop, "NamespaceFinalizersRemaining"), {"message"}) ==
        "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances");
  cluster.change("configmaps", "held", [](Json& object) { object["metadata"]["finalizers"] = Json::array(); });
  cluster.run_for(1s);
  CHECK_FALSE(cluster.exists("namespaces", "shop", ""));
  CHECK(cluster.list("pods").empty());
  CHECK(cluster.list("persistentvolumes", "").empty());
}

TEST_CASE("a claim waits for its first consumer, is bound, and is protected while it is used") {
  Cluster cluster;
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "PersistentVolumeClaim"},
                  {"metadata", {{"name", "data"}, {"namespace", "shop"}}},
                  {"spec", {{"accessModes", {"ReadWriteOnce"}}, {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}});
  cluster.run_for(2s);
  CHECK(string_at(cluster.get("persistentvolumeclaims", "data"), {"status", "phase"}) == "Pending");
  CHECK(cluster.has_event("data",
                          "Normal WaitForFirstConsumer: waiting for first consumer to be created before binding"));
  Json web = pod("web");
  web["spec"]["volumes"] = {{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data"}}}}};
  cluster.create(web);
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Running ready");
  const Json claim = cluster.get("persistentvolumeclaims", "data");
  CHECK(string_at(claim, {"status", "phase"}) == "Bound");
  CHECK(string_at(claim, {"spec", "volumeName"}) == "pvc-" + uid_of(claim));
  cluster.remove("persistentvolumeclaims", "data");
  cluster.run_for(1s);
  CHECK(cluster.exists("persistentvolumeclaims", "data"));
  cluster.remove("pods", "web");
  cluster.run_for(2s);
  CHECK_FALSE(cluster.exists("persistentvolumeclaims", "data"));
  CHECK(cluster.list("persistentvolumes", "").empty());
}

TEST_CASE("a claim of a storage class that does not exist says so, and so does its pod") {
  Cluster cluster;
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "PersistentVolumeClaim"},
                  {"metadata", {{"name", "data"}, {"namespace", "shop"}}},
                  {"spec",
                   {{"storageClassName", "fast"},
                    {"accessModes", {"ReadWriteOnce"}},
                    {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}});
  Json web = pod("web");
  web["spec"]["volumes"] = {{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data"}}}}};
  cluster.create(web);
  cluster.run_for(1s);
  CHECK(cluster.has_event("data", "Warning ProvisioningFailed: storageclass.storage.k8s.io \"fast\" not found"));
  CHECK(
      cluster.has_event("web", "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"));
}

TEST_CASE("a quota that is used up stops a ReplicaSet, and the Deployment says why") {
  Cluster cluster;
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "ResourceQuota"},
                  {"metadata", {{"name", "small"}, {"namespace", "shop"}}},
                  {"spec", {{"hard", {{"pods", "1"}}}}}});
  cluster.create(deployment("web", 2));
  cluster.run_for(5s);
  CHECK(cluster.list("pods").size() == 1);
  const Json failure = condition_of(cluster.get("deployments.apps", "web"), "ReplicaFailure");
  CHECK(string_at(failure, {"reason"}) == "FailedCreate");
  CHECK(string_at(failure, {"message"})
            .ends_with("is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"));
  const Json set = cluster.list("replicasets.apps").at(0);
  CHECK(cluster.has_event(name_of(set), "Warning FailedCreate: Error creating: pods \"web-"));
  CHECK(cluster.get("resourcequotas", "small")["status"]["used"]["pods"] == "1");
}

TEST_CASE("a namespace that enforces the restricted standard refuses pods, and the Deployment says why") {
  Cluster cluster;
  Json shop = cluster.get("namespaces", "shop", "");
  shop["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "restricted";
  REQUIRE(cluster.kit.update(shop).ok());
  cluster.create(deployment("web", 1));
  cluster.run_for(1s);
  CHECK(string_at(condition_of(cluster.get("deployments.apps", "web"), "ReplicaFailure"), {"message"})
            .find("violates PodSecurity \"restricted:latest\"") != std::string::npos);
}

TEST_CASE("an autoscaler keeps the bounds and reports missing metrics") {
  Cluster cluster;
  cluster.create(deployment("web", 1));
  cluster.create({{"apiVersion", "autoscaling/v2"},
                  {"kind", "HorizontalPodAutoscaler"},
                  {"metadata", {{"name", "web"}, {"namespace", "shop"}}},
                  {"spec",
                   {{"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "web"}}},
                    {"minReplicas", 2},
                    {"maxReplicas", 5}}}});
  cluster.run_for(5s);
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"spec", "replicas"}) == 2);
  const Json active = condition_of(cluster.get("horizontalpodautoscalers.autoscaling", "web"), "ScalingActive");
  CHECK(string_at(active, {"reason"}) == "FailedGetResourceMetric");
  CHECK(string_at(active, {"message"})
            .ends_with("the server could not find the requested resource (get pods.metrics.k8s.io)"));
  CHECK(cluster.has_event("web", "New size: 2; reason: Current number of replicas below Spec.MinReplicas"));
}

TEST_CASE("an autoscaler follows the metrics that pods are given, down only after a while") {
  Cluster cluster;
  cluster.create(deployment("web", 1));
  cluster.create({{"apiVersion", "autoscaling/v2"},
                  {"kind", "HorizontalPodAutoscaler"},
                  {"metadata", {{"name", "web"}, {"namespace", "shop"}}},
                  {"spec",
                   {{"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "web"}}},
                    {"minReplicas", 1},
                    {"maxReplicas", 3}}}});
  const auto use = [&](const char* cpu) {
    for (const Json& each : cluster.list("pods"))
      cluster.change("pods", name_of(each),
                     [&](Json& pod) { pod["metadata"]["annotations"]["sandbox.kforge.dev/usage"] = cpu; });
  };
  cluster.run_for(5s);
  use("cpu=500m");  // twice the request
  cluster.run_for(5s);
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"spec", "replicas"}) == 3);
  use("cpu=25m");
  cluster.run_for(1min);
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"spec", "replicas"}) == 3);
  CHECK(string_at(condition_of(cluster.get("horizontalpodautoscalers.autoscaling", "web"), "AbleToScale"),
                  {"reason"}) == "ScaleDownStabilized");
  cluster.run_for(6min);
  CHECK(int_at(cluster.get("deployments.apps", "web"), {"spec", "replicas"}) == 1);
}

TEST_CASE("a disruption budget counts the pods that may go") {
  Cluster cluster;
  cluster.create(deployment("web", 3));
  cluster.create({{"apiVersion", "policy/v1"},
                  {"kind", "PodDisruptionBudget"},
                  {"metadata", {{"name", "web"}, {"namespace", "shop"}}},
                  {"spec", {{"minAvailable", "50%"}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}}});
  cluster.run_for(5s);
  const Json status = cluster.get("poddisruptionbudgets.policy", "web")["status"];
  CHECK(int_at(status, {"expectedPods"}) == 3);
  CHECK(int_at(status, {"desiredHealthy"}) == 2);
  CHECK(int_at(status, {"currentHealthy"}) == 3);
  CHECK(int_at(status, {"disruptionsAllowed"}) == 1);
}

TEST_CASE("objects that nobody meant disturb nothing") {
  std::mt19937_64 random(7);
  Cluster cluster;
  int accepted = 0;
  for (int round = 0; round < 300; ++round) {
    const std::string name = "web-" + std::to_string(round);
    Json object = round % 5 == 0   ? deployment(name, 2)
                  : round % 5 == 1 ? stateful_set(name, 2)
                  : round % 5 == 2 ? job(name)
                  : round % 5 == 3 ? pod(name, "crash-loop")
                                   : service("web-" + std::to_string(round - 4));
    for (int change = 0; change <= round % 3; ++change) kforge::tests::mutate(object, random);
    if (!object.is_object() || !object["metadata"].is_object() || !object["spec"].is_object()) continue;
    object["metadata"]["name"] = name;
    object["metadata"]["namespace"] = "shop";
    for (const char* count : {"replicas", "completions", "parallelism"})
      if (int_at(object, {"spec", count}) > 3) object["spec"][count] = 3;
    if (cluster.kit.create(object).ok()) ++accepted;
    cluster.run_for(200ms);
  }
  cluster.run_for(2min);
  CHECK(accepted > 30);
  cluster.create(deployment("fine", 1));
  cluster.run_for(5s);
  CHECK(int_at(cluster.get("deployments.apps", "fine"), {"status", "availableReplicas"}) == 1);
}

TEST_CASE("events go after an hour") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(59min);
  CHECK_FALSE(cluster.events("web").empty());
  cluster.run_for(5min);
  CHECK(cluster.events("web").empty());
}
