// SPDX-License-Identifier: Apache-2.0
// StatefulSets, DaemonSets, Pods, Jobs and CronJobs.
#include "rollout/stuck_pods.hpp"
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

// A StatefulSet of three pods whose template was changed: the update revision is "postgres-2".
struct SetUpdate : Watched {
  Json live =
      changed(stateful_set("postgres"), {{"status", {{"updateRevision", "postgres-2"}, {"updatedReplicas", 0}}}});

  SetUpdate() { applied(live); }
  Json pod(int index, std::string_view revision) {
    return labelled(pod_of(live, index), "controller-revision-hash", revision);
  }
  Json with_partition(int partition, int updated) {
    return changed(live, {{"spec", {{"updateStrategy", {{"rollingUpdate", {{"partition", partition}}}}}}},
                          {"status", {{"updatedReplicas", updated}}}});
  }
};

Json with_job_condition(std::string_view type, std::string_view reason) {
  Json made = with_condition(job("migrate"), type, "True", reason, "Job has reached the specified backoff limit");
  made["status"]["failed"] = 4;
  return made;
}

}  // namespace

TEST_CASE("a StatefulSet is ready when all pods have the new revision") {
  SetUpdate up;
  CHECK(up.judge(up.live).state == State::waiting);
  CHECK(up.judge(up.live).message.starts_with("0/3 pods updated"));
  CHECK(up.judge(changed(up.live, {{"status", {{"updatedReplicas", 3}}}})).state == State::waiting);
  const Json done = changed(up.live, {{"status", {{"updatedReplicas", 3}, {"currentRevision", "postgres-2"}}}});
  CHECK(up.judge(done).state == State::ready);
  CHECK(up.judge(changed(done, {{"status", {{"availableReplicas", 2}}}})).state == State::waiting);
  CHECK(up.judge(changed(done, {{"status", {{"availableReplicas", nullptr}}}})).state == State::ready);
}

TEST_CASE("a StatefulSet of zero replicas is ready", "[scenario-13]") {
  Watched watched;
  CHECK(watched.judge(stateful_set("postgres", 0)).message == "scaled to 0");
}

TEST_CASE("a partition is complete when the pods above it are updated", "[scenario-22]") {
  SetUpdate up;
  up.have(up.pod(0, "postgres-1"));
  up.have(up.pod(1, "postgres-1"));
  up.have(up.pod(2, "postgres-1"));
  CHECK(up.judge(up.with_partition(2, 0)).state == State::waiting);
  CHECK(up.judge(up.with_partition(2, 1)).state == State::waiting);  // the count is there, the pod is not
  up.have(up.pod(2, "postgres-2"));
  CHECK(up.judge(up.with_partition(2, 1)).state == State::ready);
}

TEST_CASE("a partition above the replicas updates nothing, which is worth a warning", "[scenario-23]") {
  SetUpdate up;
  const auto verdict = up.judge(up.with_partition(5, 0));
  CHECK(verdict.state == State::ready_with_warning);
  CHECK(verdict.message == "no pod will be updated: partition 5 of 3 replicas");
}

TEST_CASE("scaling a StatefulSet down waits for the extra pods", "[scenario-24]") {
  Watched watched;
  const Json live = changed(stateful_set("postgres"), {{"spec", {{"replicas", 1}}}});
  const auto verdict = watched.judge(live);
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.message == "3/1 pods, scaling down");
}

TEST_CASE("with OnDelete the pods to delete are named", "[scenario-25]") {
  SetUpdate up;
  const Json live = changed(up.live, {{"spec", {{"updateStrategy", {{"type", "OnDelete"}}}}}});
  up.have(up.pod(0, "postgres-1"));
  up.have(up.pod(1, "postgres-2"));
  up.have(up.pod(2, "postgres-1"));
  const auto verdict = up.judge(live);
  CHECK(verdict.state == State::ready_with_warning);
  CHECK(verdict.message == "'postgres-0' and 'postgres-2' keep the old revision until they are deleted");
  CHECK(up.judge(changed(live, {{"status", {{"readyReplicas", 0}}}})).state == State::waiting);
}

TEST_CASE("pods of another revision that are not ready hold up an ordered update (sts-stuck-rollback)",
          "[scenario-27]") {
  SetUpdate up;
  const Json good = up.pod(0, "postgres-2"), ready = up.pod(1, "postgres-1");
  Json broken = up.pod(2, "postgres-1");
  broken["status"]["conditions"] = {{{"type", "Ready"}, {"status", "False"}}};
  const rollout::Surroundings around{.pods = {&good, &ready, &broken}};
  const auto names = [&](const Json& live) {
    std::vector<std::string> found;
    for (const Json* pod : rollout::stuck_pods(live, around)) found.push_back((*pod)["metadata"]["name"]);
    return found;
  };
  CHECK(names(up.live) == std::vector<std::string>{"postgres-2"});
  CHECK(names(changed(up.live, {{"spec", {{"podManagementPolicy", "Parallel"}}}})).empty());
  CHECK(names(changed(up.live, {{"spec", {{"updateStrategy", {{"type", "OnDelete"}}}}}})).empty());
  CHECK(names(changed(up.live, {{"metadata", {{"generation", 99}}}})).empty());  // the controller has not seen it yet
  CHECK(names(up.with_partition(3, 0)).empty());
}

TEST_CASE("a crashing pod of the old revision fails no update of a StatefulSet", "[scenario-26]") {
  SetUpdate up;
  up.have(crashing(up.pod(2, "postgres-1"), 12));
  const auto verdict = up.judge_after(seconds(60), changed(up.live, {{"status", {{"readyReplicas", 2}}}}));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code == "KF2075");  // but it holds the ordered update up, which is said
  CHECK(verdict.pod == "postgres-2");
}

TEST_CASE("a crashing pod of the new revision fails it") {
  SetUpdate up;
  up.have(crashing(up.pod(2, "postgres-2"), 3));
  const auto verdict =
      up.judge_after(seconds(60), changed(up.live, {{"status", {{"readyReplicas", 2}, {"updatedReplicas", 1}}}}));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2014");
}

TEST_CASE("a node that is not ready does not hold a DaemonSet up", "[scenario-28]") {
  Watched watched;
  const Json live = changed(daemon_set("agent"), {{"status", {{"numberAvailable", 2}, {"numberReady", 2}}}});
  for (int i = 1; i <= 3; ++i) {
    watched.have(node("node-" + std::to_string(i), i != 3));
    Json pod = changed(pod_of(live, i), {{"spec", {{"nodeName", "node-" + std::to_string(i)}}}});
    watched.have(i == 3 ? unready(pod) : pod);
  }
  watched.applied(live);
  const auto verdict = watched.judge(live);
  CHECK(verdict.state == State::ready_with_warning);
  CHECK(verdict.message == "2/3 pods ready, missing only on 'node-3'");
  SECTION("a cordoned node neither") {
    watched.have(changed(node("node-3"), {{"spec", {{"unschedulable", true}}}}));
    CHECK(watched.judge(live).state == State::ready_with_warning);
  }
  SECTION("a node that came after the deploy neither") {
    watched.have(changed(node("node-3"), {{"metadata", {{"creationTimestamp", at_second(9)}}}}));
    CHECK(watched.judge(live).state == State::ready_with_warning);
  }
  SECTION("but a working node does") {
    watched.have(node("node-3"));
    CHECK(watched.judge(live).state == State::waiting);
  }
}

TEST_CASE("a DaemonSet counts its own pods, not an evicted one beside them", "[scenario-29]") {
  Watched watched;
  const Json live = daemon_set("agent");
  watched.have(evicted(pod_of(live, 7)));
  CHECK(watched.judge(live).state == State::ready);
}

TEST_CASE("a DaemonSet that no node wants runs nowhere") {
  Watched watched;
  CHECK(watched.judge(daemon_set("agent", 0)).code == "KF2079");
}

TEST_CASE("only pods of a DaemonSet's new template can fail it") {
  Watched watched;
  Json live = changed(daemon_set("agent"),
                      {{"metadata", {{"annotations", {{"deprecated.daemonset.template.generation", "2"}}}}},
                       {"status", {{"updatedNumberScheduled", 1}}}});
  watched.applied(live);
  watched.have(crashing(labelled(pod_of(live, 1), "pod-template-generation", "1"), 9));
  CHECK(watched.judge_after(seconds(60), live).state == State::waiting);
  watched.have(crashing(pod_of(live, 2), 3));
  CHECK(watched.judge(live).state == State::failed);
}

TEST_CASE("a running job is not done", "[scenario-30]") {
  Watched watched;
  const auto verdict = watched.judge(job("migrate"));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.message == "0/1 completed");
  watched.have(pod_of(job("migrate")));
  CHECK(watched.judge_after(seconds(12), job("migrate")).message == "0/1 completed, running 12s");
  watched.applied(job("migrate"));
  CHECK(watched.judge(job("migrate")).message == "0/1 completed, running");
  CHECK(watched.judge(with_job_condition("SuccessCriteriaMet", "CompletionsReached")).state == State::waiting);
  CHECK(watched.judge(with_job_condition("Complete", "CompletionsReached")).state == State::ready);
}

TEST_CASE("a failed job names the pod, the container and how it ended", "[scenario-31]") {
  Watched watched;
  const Json live = with_job_condition("Failed", "BackoffLimitExceeded");
  Json pod = pod_of(live, 3);
  pod["status"]["phase"] = "Failed";
  pod["status"]["containerStatuses"][0]["state"] = {
      {"terminated", {{"exitCode", 3}, {"reason", "Error"}, {"finishedAt", at_second(20)}}}};
  watched.have(pod);
  const auto verdict = watched.judge(live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2040");
  CHECK(verdict.message == "the job failed (BackoffLimitExceeded), exit code 3");
  CHECK(verdict.pod == "migrate-3");
  CHECK(verdict.container == "migrate");
  CHECK(verdict.evidence == "Job has reached the specified backoff limit");
}

TEST_CASE("a job that is about to fail, or ran too long, has failed", "[scenario-31]") {
  Watched watched;
  CHECK(watched.judge(with_job_condition("FailureTarget", "PodFailurePolicy")).code == "KF2040");
  CHECK(watched.judge(with_job_condition("Failed", "DeadlineExceeded")).code == "KF2041");
}

TEST_CASE("crashes of a job's pods are its own business until it gives up", "[scenario-31]") {
  Watched watched;
  Json live = job("migrate");
  live["spec"]["template"]["spec"]["restartPolicy"] = "OnFailure";
  watched.applied(live);
  watched.have(crashing(pod_of(live), 5));
  CHECK(watched.judge_after(seconds(60), live).state == State::waiting);
  watched.have(waiting(pod_of(live), "CreateContainerConfigError", "secret \"db\" not found"));
  watched.judge(live);
  CHECK(watched.judge_after(seconds(10), live).code == "KF2010");
}

TEST_CASE("a suspended job does not block", "[scenario-31]") {
  Watched watched;
  Json live = changed(with_condition(job("migrate"), "Suspended", "True"), {{"spec", {{"suspend", true}}}});
  CHECK(watched.judge(live).state == State::ready_with_warning);
}

TEST_CASE("a job that its TTL removed is judged by its last state", "[scenario-32]") {
  CHECK(rollout::judge_gone(with_job_condition("Complete", "CompletionsReached")).state == State::ready);
  CHECK(rollout::judge_gone(with_job_condition("Failed", "BackoffLimitExceeded")).code == "KF2040");
  CHECK(rollout::judge_gone(job("migrate")).code == "KF2071");
}

TEST_CASE("a bare pod that failed has failed", "[scenario-33]") {
  Watched watched;
  Json pod = bare_pod("once");
  pod["spec"]["restartPolicy"] = "Never";
  CHECK(watched.judge(pod).message == "not completed, running");
  pod["status"]["phase"] = "Failed";
  pod["status"]["containerStatuses"][0]["state"] = {{"terminated", {{"exitCode", 2}, {"reason", "Error"}}}};
  const auto verdict = watched.judge(pod);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.message == "the pod failed, exit code 2");
  CHECK(watched.judge(changed(pod, {{"status", {{"phase", "Succeeded"}}}})).state == State::ready);
}

TEST_CASE("an evicted pod without a controller has failed", "[scenario-33]") {
  Watched watched;
  Json pod = changed(evicted(bare_pod("once")), {{"status", {{"containerStatuses", nullptr}}}});
  CHECK(watched.judge(pod).message == "the pod failed (Evicted)");
}

TEST_CASE("a bare pod that is meant to stay is ready when it says so", "[scenario-33]") {
  Watched watched;
  CHECK(watched.judge(bare_pod("tools")).state == State::ready);
  CHECK(watched.judge(unready(bare_pod("tools"))).state == State::waiting);
}

TEST_CASE("a CronJob is ready as soon as it exists") {
  Watched watched;
  CHECK(watched.judge(cron_job("report")).state == State::ready);
  CHECK(watched.judge(changed(cron_job("report"), {{"spec", {{"suspend", true}}}})).code == "KF2042");
}
