// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sandbox/cluster.hpp"

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;
using namespace std::chrono_literals;

TEST_CASE("a pod is scheduled, pulled, started and becomes ready, with a kubelet's events") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Running ready");
  const Json web = cluster.get("pods", "web");
  CHECK(string_at(web, {"status", "podIP"}).starts_with("10.244."));
  for (const char* type : {"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"})
    CHECK(condition_is_true(web, type));
  const std::vector<std::string> events = cluster.events("web");
  REQUIRE(events.size() == 5);
  CHECK(events[0].starts_with("Normal Scheduled: Successfully assigned shop/web to sandbox-"));
  CHECK(events[1] == "Normal Pulling: Pulling image \"app:v1\"");
  CHECK(events[2].starts_with("Normal Pulled: Successfully pulled image \"app:v1\" in "));
  CHECK(events[3] == "Normal Created: Container created");
  CHECK(events[4] == "Normal Started: Container started");
}

TEST_CASE("nothing ticks while pods are well") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(10s);
  const std::size_t before = cluster.timers.fired;
  cluster.run_for(30min);
  CHECK(cluster.timers.fired == before);
}

TEST_CASE("a pod that crashes at once is never seen ready") {
  Cluster cluster;
  cluster.create(pod("web", "crash-loop"));
  for (int step = 0; step < 400; ++step) {
    cluster.run_for(10ms);
    REQUIRE_FALSE(contains(cluster.pod_state("web"), " ready"));
  }
  CHECK(cluster.pod_state("web") == "Running CrashLoopBackOff x1");
}

TEST_CASE("a pod that crashes is restarted at once, then ever later") {
  Cluster cluster;
  cluster.create(pod("web", "crash-loop exit=3 after=1s"));
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Running ready x1");
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Running CrashLoopBackOff x1");
  const Json status = cluster.get("pods", "web")["status"]["containerStatuses"][0];
  CHECK(int_at(status, {"lastState", "terminated", "exitCode"}) == 3);
  CHECK(string_at(status, {"state", "waiting", "message"})
            .starts_with("back-off 10s restarting failed container=app pod=web_shop("));
  cluster.run_for(20s);
  CHECK(string_at(cluster.get("pods", "web")["status"]["containerStatuses"][0], {"state", "waiting", "message"})
            .starts_with("back-off 20s"));
  CHECK(cluster.has_event("web", "Warning BackOff: Back-off restarting failed container app in pod web_shop("));
}

TEST_CASE("every fault shows as it does on a cluster") {
  struct Row {
    const char *fault, *state, *event;
    Milliseconds after;
  };
  const auto row = GENERATE(
      Row{"image-missing", "Pending ErrImagePull", "code = NotFound desc = failed to pull and unpack image", 2s},
      Row{"image-missing", "Pending ImagePullBackOff", "Normal BackOff: Back-off pulling image \"app:v1\"", 5s},
      Row{"pull-denied", "Pending ImagePullBackOff", "pull access denied", 5s},
      Row{"oom after=1s", "Running OOMKilled", "Container started", 2s},
      Row{"config-missing name=db", "Pending CreateContainerConfigError",
          "Warning Failed: Error: secret \"db\" not found", 3s},
      Row{"never-ready", "Running", "Readiness probe failed: HTTP probe failed with statuscode: 503", 20s},
      Row{"slow-start after=7s", "Running", "connect: connection refused", 5s},
      Row{"slow-start after=7s", "Running ready", "Readiness probe failed: Get", 15s},
      Row{"flapping every=20s", "Running ready", "Container started", 10s},
      Row{"flapping every=20s", "Running", "statuscode: 503", 39s},
      Row{"hang after=3s", "Running x1", "Container app failed liveness probe, will be restarted", 80s},
      Row{"unschedulable", "Pending", "0/3 nodes are available: 3 Insufficient cpu", 2s},
      Row{"crash-loop times=1", "Running ready x1", "Container started", 10s});
  INFO(row.fault);
  Cluster cluster;
  cluster.create(pod("web", row.fault));
  cluster.run_for(row.after);
  CHECK(cluster.pod_state("web") == row.state);
  INFO(Catch::StringMaker<std::vector<std::string>>::convert(cluster.events("web")));
  CHECK(cluster.has_event("web", row.event));
}

TEST_CASE("a Secret or key that is missing keeps a container from being created until it is there") {
  Cluster cluster;
  Json web = pod("web");
  web["spec"]["containers"][0]["env"] = {
      {{"name", "PASSWORD"}, {"valueFrom", {{"secretKeyRef", {{"name", "db"}, {"key", "password"}}}}}}};
  cluster.create(web);
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Pending CreateContainerConfigError");
  cluster.create({{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "db"}, {"namespace", "shop"}}}});
  cluster.run_for(12s);
  CHECK(cluster.has_event("web", "Error: couldn't find key password in Secret shop/db"));
  cluster.change("secrets", "db", [](Json& secret) { secret["stringData"]["password"] = "x"; });
  cluster.run_for(15s);
  CHECK(cluster.pod_state("web") == "Running ready");
}

TEST_CASE("a volume of a missing ConfigMap is not mounted") {
  Cluster cluster;
  Json web = pod("web");
  web["spec"]["volumes"] = {{{"name", "config"}, {"configMap", {{"name", "absent"}}}}};
  cluster.create(web);
  cluster.run_for(3s);
  CHECK(cluster.pod_state("web") == "Pending ContainerCreating");
  CHECK(cluster.has_event(
      "web", "Warning FailedMount: MountVolume.SetUp failed for volume \"config\" : configmap \"absent\" not found"));
}

TEST_CASE("a pod larger than any node stays pending and says why") {
  Cluster cluster;
  Json web = pod("web");
  web["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "100";
  cluster.create(web);
  cluster.run_for(2s);
  const Json status = cluster.get("pods", "web")["status"];
  const Json* const scheduled = find_condition(status, "PodScheduled");
  REQUIRE(scheduled);
  CHECK(
      string_at(*scheduled, {"message"}) ==
      "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: "
      "3 Preemption is not helpful for scheduling.");
}

TEST_CASE("init containers run one after the other before the others") {
  Cluster cluster;
  Json web = pod("web");
  web["spec"]["initContainers"] = {{{"name", "first"}, {"image", "tool:v1"}},
                                   {{"name", "second"}, {"image", "tool:v1"}}};
  cluster.create(web);
  cluster.run_for(500ms);
  CHECK(cluster.pod_state("web") == "Pending PodInitializing PodInitializing PodInitializing");
  cluster.run_for(5s);
  CHECK(cluster.pod_state("web") == "Running ready Completed Completed");
}

TEST_CASE("an init container that fails holds the pod back") {
  Cluster cluster;
  Json web = pod("web", "crash-loop container=setup");
  web["spec"]["initContainers"] = {{{"name", "setup"}, {"image", "tool:v1"}}};
  cluster.create(web);
  cluster.run_for(8s);
  CHECK(cluster.pod_state("web") == "Pending CrashLoopBackOff x1 PodInitializing");
}

TEST_CASE("a deleted pod ends its containers first") {
  Cluster cluster;
  Json web = pod("web");
  web["spec"]["containers"][0]["lifecycle"] = {{"preStop", {{"sleep", {{"seconds", 5}}}}}};
  cluster.create(web);
  cluster.run_for(3s);
  cluster.remove("pods", "web");
  cluster.run_for(4s);
  CHECK(is_terminating(cluster.get("pods", "web")));
  cluster.run_for(2s);
  CHECK_FALSE(cluster.exists("pods", "web"));
  CHECK(cluster.has_event("web", "Normal Killing: Stopping container app"));
}

TEST_CASE("pods go on after a restart of the sandbox") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.create(pod("ill", "crash-loop"));
  cluster.run_for(10s);
  cluster.controllers.reset();
  SimulatedRuntime next(cluster.store, cluster.timers, cluster.faults);
  cluster.controllers = std::make_unique<Controllers>(cluster.api, cluster.timers, next);
  cluster.run_for(10s);
  CHECK(cluster.pod_state("web") == "Running ready");
  CHECK(cluster.pod_state("ill").starts_with("Running CrashLoopBackOff x"));
  cluster.controllers.reset();
}
