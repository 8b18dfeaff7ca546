// SPDX-License-Identifier: Apache-2.0
// Pods that get no node, or are thrown off it.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

constexpr std::string_view no_cpu =
    "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found "
    "for "
    "incoming pod.";
constexpr std::string_view tainted =
    "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) had untolerated taint(s). "
    "no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";

constexpr std::string_view only_tainted = "0/1 nodes are available: 1 node(s) had untolerated taint(s).";

struct Schedule : Watched {
  Json live = rolling(deployment("orders", 1), 1, 0);
  Json set = replica_set(live, 1, 1, 0);
  Json pod = pod_of(set);

  Schedule() {
    have(set);
    applied(live);
  }
};

}  // namespace

TEST_CASE("a pod without a node is worth a word after a while, and two minutes of patience", "[scenario-52]") {
  Schedule schedule;
  schedule.have(pending(schedule.pod, no_cpu));
  const auto early = schedule.judge_after(seconds(14), schedule.live);
  CHECK(early.code.empty());
  CHECK(early.message == "0/1 new pods ready, waiting for a node");
  CHECK(rollout::next_deadline(schedule.memory) == schedule.clock.now() + seconds(1));

  const auto told = schedule.judge_after(seconds(1), schedule.live);
  CHECK(told.state == State::waiting);
  CHECK(told.code == "KF2021");
  CHECK(told.evidence == no_cpu);

  SECTION("a node that comes in time makes it ready") {
    schedule.have(schedule.pod);
    CHECK(schedule.judge_after(seconds(25), deployment("orders", 1)).state == State::ready);
  }
  SECTION("otherwise the rollout has failed") {
    CHECK(schedule.judge_after(seconds(104), schedule.live).state == State::waiting);
    const auto verdict = schedule.judge_after(seconds(1), schedule.live);
    CHECK(verdict.state == State::failed);
    CHECK(verdict.message == "no node has room");
  }
}

TEST_CASE("an autoscaler of nodes decides how long to wait for a node") {
  Schedule schedule;
  schedule.have(pending(schedule.pod, no_cpu));
  SECTION("it will not bring one") {
    schedule.have(event_about(schedule.pod, "NotTriggerScaleUp", "pod didn't trigger scale-up"));
    CHECK(schedule.judge_after(seconds(30), schedule.live).state == State::failed);
  }
  SECTION("it is bringing one") {
    schedule.have(event_about(schedule.pod, "TriggeredScaleUp", "pod triggered scale-up: [{group 3->4 (max: 5)}]"));
    CHECK(schedule.judge_after(seconds(599), schedule.live).state == State::waiting);
    CHECK(schedule.judge_after(seconds(1), schedule.live).state == State::failed);
  }
}

TEST_CASE("rules that no node meets are not helped by waiting") {
  Schedule schedule;
  schedule.have(node("node-1"));
  schedule.have(pending(schedule.pod, tainted));
  CHECK(schedule.judge_after(seconds(29), schedule.live).state == State::waiting);
  const auto verdict = schedule.judge_after(seconds(1), schedule.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2022");
}

TEST_CASE("a node that is only not ready may lose its taint again") {
  Schedule schedule;
  const auto waits_for_a_node = [&] {
    const auto verdict = schedule.judge_after(seconds(60), schedule.live);
    CHECK(verdict.code == "KF2029");
    CHECK(verdict.message == "0/1 new pods ready, no node is ready");
    CHECK(verdict.state == State::waiting);
    CHECK(schedule.judge_after(seconds(60), schedule.live).state == State::failed);
  };
  SECTION("it does not answer") {
    schedule.have(node("node-1", false));
    schedule.have(pending(schedule.pod, only_tainted));
    waits_for_a_node();
  }
  SECTION("it is short of something") {
    Json full = node("node-1");
    full["spec"]["taints"] = {{{"key", "node.kubernetes.io/disk-pressure"}, {"effect", "NoSchedule"}}};
    schedule.have(full);
    schedule.have(pending(schedule.pod, only_tainted));
    waits_for_a_node();
  }
  SECTION("an old scheduler names the taint") {
    schedule.have(pending(
        schedule.pod, "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."));
    waits_for_a_node();
  }
}

TEST_CASE("who may not see the nodes does not know whether a taint stays, and waits for longer") {
  Schedule schedule;
  schedule.have(pending(schedule.pod, only_tainted));
  const auto verdict = schedule.judge_after(seconds(119), schedule.live);
  CHECK(verdict.code == "KF2022");
  CHECK(verdict.message == "0/1 new pods ready, no node may take it");
  CHECK(verdict.state == State::waiting);
  CHECK(schedule.judge_after(seconds(1), schedule.live).state == State::failed);
}

TEST_CASE("a pod from before the write gets the same time from the write on") {
  Schedule schedule;
  schedule.have(pending(schedule.pod, no_cpu));
  schedule.clock.advance(seconds(1000));
  schedule.applied(schedule.live);
  CHECK(schedule.judge(schedule.live).state == State::waiting);
  CHECK(schedule.judge_after(seconds(120), schedule.live).state == State::failed);
}

TEST_CASE("one look is enough when nobody deploys") {
  Watched watched;
  const Json live = rolling(deployment("orders", 1), 1, 0);
  const Json set = replica_set(live, 1, 1, 0);
  watched.have(set);
  watched.have(pending(pod_of(set), no_cpu));
  CHECK(watched.judge_after(seconds(300), live).state == State::failed);
}

TEST_CASE("a scheduling gate is named") {
  Schedule schedule;
  schedule.have(with_condition(pending(schedule.pod, ""), "PodScheduled", "False", "SchedulingGated",
                               "Scheduling is blocked due to non-empty scheduling gates"));
  CHECK(schedule.judge_after(seconds(600 - 1), schedule.live).code == "KF2023");
}

TEST_CASE("an evicted pod is replaced and fails nothing", "[scenario-54]") {
  Schedule schedule;
  schedule.have(evicted(schedule.pod));
  const auto verdict = schedule.judge_after(seconds(60), schedule.live);
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code == "KF2024");
  schedule.have(pod_of(schedule.set, 1));
  CHECK(schedule.judge(deployment("orders", 1)).state == State::ready);
}

TEST_CASE("pods that are thrown off their nodes five times will not stay", "[scenario-54]") {
  Schedule schedule;
  for (int i = 0; i < 4; ++i) schedule.have(evicted(pod_of(schedule.set, i)));
  CHECK(schedule.judge(schedule.live).state == State::waiting);
  schedule.have(evicted(pod_of(schedule.set, 4)));
  const auto verdict = schedule.judge(schedule.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.message == "thrown off its node (Evicted)");
  CHECK(verdict.pods_affected == 5);
}
