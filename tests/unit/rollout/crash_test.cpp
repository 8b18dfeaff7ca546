// SPDX-License-Identifier: Apache-2.0
// Containers that are not created, do not start, or end.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

constexpr std::string_view no_such_program =
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to "
    "start container process: error during container init: exec: \"serve\": executable file not found in $PATH";

struct Start : Watched {
  Json live = rolling(deployment("orders", 1), 1, 0);
  Json set = replica_set(live, 1, 1, 0);
  Json pod = pod_of(set);

  Start() {
    have(set);
    applied(live);
    clock.advance(seconds(30));
  }
  rollout::Verdict with(Json changed_pod) {
    have(std::move(changed_pod));
    return judge(live);
  }
};

}  // namespace

TEST_CASE("a crash while something else starts is forgiven", "[scenario-46]") {
  Start start;
  const auto crashed = start.with(crashing(start.pod, 1));
  CHECK(crashed.state == State::waiting);
  CHECK(crashed.message == "0/1 new pods ready, crashed 1 time, exit code 1");
  CHECK(start.with(unready(start.pod, 1)).state == State::waiting);
  start.have(start.pod);
  CHECK(start.judge(deployment("orders", 1)).state == State::ready);
}

TEST_CASE("the third crash ends the rollout", "[scenario-47]") {
  Start start;
  CHECK(start.with(crashing(start.pod, 2)).state == State::waiting);
  const auto verdict = start.with(crashing(start.pod, 3));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2014");
  CHECK(verdict.reason == "CrashLoop");
  CHECK(verdict.message == "crashed 3 times, exit code 1");
  CHECK(verdict.evidence == "back-off 20s restarting failed container");
  CHECK(verdict.pod == "orders-1-0");
  CHECK(verdict.container == "orders");
}

TEST_CASE("a container that runs again after its crashes gets its chance", "[scenario-47]") {
  Start start;
  CHECK(start.with(unready(start.pod, 5)).state == State::waiting);
}

TEST_CASE("a young pod may crash quickly", "[scenario-47]") {
  Watched watched;
  const Json live = rolling(deployment("orders", 1), 1, 0);
  const Json set = replica_set(live, 1, 1, 0);
  watched.have(set);
  watched.applied(live);
  watched.have(crashing(pod_of(set), 3));
  CHECK(watched.judge_after(seconds(12), live).state == State::waiting);
  CHECK(rollout::next_deadline(watched.memory) == watched.clock.now() + seconds(8));
  CHECK(watched.judge_after(seconds(8), live).state == State::failed);
}

TEST_CASE("restarts from before the write do not count", "[scenario-47]") {
  Start start;
  start.have(crashing(start.pod, 7));
  start.applied(start.live);
  CHECK(start.with(crashing(start.pod, 9)).state == State::waiting);
  CHECK(start.with(crashing(start.pod, 10)).message == "crashed 3 times, exit code 1");
}

TEST_CASE("the last words of the program are the evidence", "[scenario-47]") {
  Start start;
  Json pod = crashing(start.pod, 3);
  pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["message"] =
      "Error: connect ECONNREFUSED 10.96.0.9:5432";
  CHECK(start.with(pod).evidence == "Error: connect ECONNREFUSED 10.96.0.9:5432");
}

TEST_CASE("running out of memory is named with the limit") {
  Start start;
  CHECK(start.with(crashing(start.pod, 1, 137, "OOMKilled")).state == State::waiting);
  const auto verdict = start.with(crashing(start.pod, 2, 137, "OOMKilled"));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2015");
  CHECK(verdict.message == "out of memory at 512Mi");
}

TEST_CASE("a service that ends by itself has the wrong command") {
  Start start;
  const auto verdict = start.with(crashing(start.pod, 3, 0, "Completed"));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2016");
  CHECK(verdict.message == "ended 3 times by itself, exit code 0");
}

TEST_CASE("a probe that kills the program is told apart from a crash") {
  Start start;
  start.have(event_about(start.pod, "Killing", "Container orders failed liveness probe, will be restarted", 40));
  start.clock.advance(seconds(30));
  const auto verdict = start.with(crashing(start.pod, 3, 137));
  CHECK(verdict.code == "KF2018");
  CHECK(verdict.evidence == "Container orders failed liveness probe, will be restarted");
}

TEST_CASE("a container that the node lost track of is no crash") {
  Start start;
  const auto verdict = start.with(crashing(start.pod, 3, 137, "ContainerStatusUnknown"));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code == "KF2028");
}

TEST_CASE("an init container that fails twice ends the rollout", "[scenario-48]") {
  Start start;
  CHECK(start.with(failing_init(start.pod, "wait-for-db", 1)).state == State::waiting);
  const auto verdict = start.with(failing_init(start.pod, "wait-for-db", 2));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2017");
  CHECK(verdict.message == "init container 'wait-for-db' failed 2 times, exit code 1");
  CHECK(verdict.container == "wait-for-db");
}

TEST_CASE("a sidecar crashes like any other container, not like an init container", "[scenario-48]") {
  Start start;
  Json pod = failing_init(start.pod, "proxy", 2);
  pod["spec"]["initContainers"][0]["restartPolicy"] = "Always";
  CHECK(start.with(pod).code == "KF2014");
  CHECK(start.with(pod).state == State::waiting);
}

TEST_CASE("an init container that is done is no trouble") {
  Start start;
  Json pod = failing_init(start.pod, "wait-for-db", 2);
  pod["status"]["initContainerStatuses"][0]["state"] = {{"terminated", {{"exitCode", 0}, {"reason", "Completed"}}}};
  CHECK(start.with(pod).code.empty());
}

TEST_CASE("a missing secret fails after ten seconds, by name", "[scenario-49]") {
  const auto [said, message] = GENERATE(table<std::string_view, std::string_view>(
      {{"secret \"orders-db\" not found", "secret 'orders-db' is missing"},
       {"configmap \"orders\" not found", "configmap 'orders' is missing"},
       {"couldn't find key url in Secret backend/orders-db", "key 'url' of secret 'orders-db' is missing"},
       {"couldn't find key url in ConfigMap backend/orders", "key 'url' of configmap 'orders' is missing"}}));
  Start start;
  const auto first = start.with(waiting(start.pod, "CreateContainerConfigError", said));
  CHECK(first.state == State::waiting);
  CHECK(first.message == "0/1 new pods ready, " + std::string(message));
  const auto verdict = start.judge_after(seconds(10), start.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2010");
  CHECK(verdict.message == message);
  CHECK(verdict.evidence == said);
}

TEST_CASE("an image that runs as root is told apart from a missing secret") {
  Start start;
  start.with(waiting(start.pod, "CreateContainerConfigError",
                     "container has runAsNonRoot and image will run as root (pod: \"x\", container: orders)"));
  const auto verdict = start.judge_after(seconds(10), start.live);
  CHECK(verdict.code == "KF2011");
  CHECK(verdict.state == State::failed);
}

TEST_CASE("a cache of the node that lags behind is waited for", "[scenario-50]") {
  Start start;
  const Json pod = waiting(start.pod, "CreateContainerConfigError",
                           "failed to sync secret cache: timed out waiting for the condition");
  start.with(pod);
  CHECK(start.judge_after(seconds(120), start.live).state == State::waiting);
}

TEST_CASE("a program that is not in the image fails at once", "[scenario-51]") {
  Start start;
  SECTION("as the kubelet says while it waits") {
    const auto verdict = start.with(waiting(start.pod, "RunContainerError", no_such_program));
    CHECK(verdict.state == State::failed);
    CHECK(verdict.code == "KF2013");
    CHECK(verdict.message == "the program cannot be started");
    CHECK(verdict.evidence == no_such_program);
  }
  SECTION("as containerd says when it ended: StartError, exit code 128") {
    Json pod = crashing(start.pod, 1, 128, "StartError");
    pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["message"] = no_such_program;
    CHECK(start.with(pod).code == "KF2013");
    CHECK(start.with(pod).state == State::failed);
  }
  SECTION("but trouble of the runtime may pass") {
    Json pod = waiting(start.pod, "RunContainerError", "failed to create containerd task: cgroups: cannot apply", 2);
    CHECK(start.with(pod).state == State::waiting);
    CHECK(
        start
            .with(waiting(start.pod, "RunContainerError", "failed to create containerd task: cgroups: cannot apply", 3))
            .state == State::failed);
  }
}

TEST_CASE("a binary of another platform is named as such", "[scenario-51]") {
  Start start;
  CHECK(start.with(waiting(start.pod, "RunContainerError", "exec /app/server: exec format error")).code == "KF2009");
}

TEST_CASE("a container that cannot be created fails after half a minute, unless the runtime was only slow") {
  Start start;
  start.with(waiting(start.pod, "CreateContainerError",
                     "failed to generate spec: path \"/x\" is mounted on \"/\" but it is not shared"));
  CHECK(start.judge_after(seconds(30), start.live).code == "KF2012");
  CHECK(start.judge(start.live).state == State::failed);
  start.with(waiting(start.pod, "CreateContainerError", "context deadline exceeded"));
  CHECK(start.judge_after(seconds(120), start.live).state == State::waiting);
}

TEST_CASE("a hook that fails twice ends the rollout") {
  Start start;
  CHECK(start.with(waiting(start.pod, "PostStartHookError", "Exec lifecycle hook failed", 1)).state == State::waiting);
  CHECK(start.with(waiting(start.pod, "PostStartHookError", "Exec lifecycle hook failed", 2)).code == "KF2019");
}

TEST_CASE("a readiness probe that fails is told, but a cause goes before a symptom") {
  Start start;
  start.have(event_about(start.pod, "Unhealthy", "Readiness probe failed: connection refused", 40));
  start.clock.advance(seconds(30));
  const auto verdict = start.with(unready(start.pod));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code == "KF2020");
  CHECK(start.with(crashing(start.pod, 1)).code == "KF2014");
}

TEST_CASE("a pod that starts slowly is waited for") {
  Start start;
  Json pod = unready(start.pod);
  pod["status"]["containerStatuses"][0]["started"] = false;
  CHECK(start.with(pod).message == "0/1 new pods ready, starting up");
  CHECK(start.with(unready(start.pod)).message == "0/1 new pods ready, not ready yet");
  start.have(replica_set(start.live, 1, 1, 1));
  CHECK(start.with(start.pod).message == "1/1 new pods ready, staying ready for minReadySeconds");
}

TEST_CASE("a pod that goes away is no reason to fail") {
  Start start;
  CHECK(start.with(deleting(crashing(start.pod, 9))).code.empty());
}
