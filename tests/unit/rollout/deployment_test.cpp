// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden.hpp"
#include "tests/unit/rollout/rollout.hpp"

#include <algorithm>

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

// A deployment of "orders" whose new revision is 2; the old pods run revision 1.
struct Update : Watched {
  Json live =
      changed(deployment("orders"), {{"metadata", {{"annotations", {{"deployment.kubernetes.io/revision", "2"}}}}}});
  Json old_set = replica_set(live, 1), new_set = replica_set(live, 2);

  Update() {
    have(old_set);
    have(new_set);
    applied(live);
  }
};

const Json deadline_exceeded(const Json& deployment, int seconds) {
  return with_condition(deployment, "Progressing", "False", "ProgressDeadlineExceeded",
                        "ReplicaSet \"orders-2\" has timed out progressing.", seconds);
}

}  // namespace

TEST_CASE("a deployment is ready when every pod is new and available", "[scenario-11]") {
  Update up;
  up.have(creating(pod_of(up.new_set, 0)));
  up.have(replica_set(up.live, 2, 2, 1));
  const auto waiting = up.judge(rolling(up.live, 2, 1, 1));
  CHECK(waiting.state == State::waiting);
  CHECK(waiting.message.starts_with("1/2 new pods ready"));

  const auto ready = up.judge(up.live);
  CHECK(ready.state == State::ready);
  CHECK(ready.message == "2/2 pods ready");
  CHECK(ready.reason == "Ready");
}

TEST_CASE("old pods that still run keep a deployment waiting", "[scenario-11]") {
  Update up;
  up.have(changed(up.new_set, {{"status", {{"readyReplicas", 2}}}}));
  const auto verdict = up.judge(rolling(up.live, 2, 2, 1));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.reason == "OldPodsRunning");
  CHECK(verdict.message == "2/2 new pods ready, 1 old pod still running");
}

TEST_CASE("a status that is older than the change says nothing", "[scenario-12]") {
  Update up;
  const auto verdict = up.judge(unobserved(up.live));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.reason == "NotObserved");
}

TEST_CASE("an object of an older generation than our write is stale", "[scenario-12]") {
  Update up;
  up.baseline.generation = 2;
  CHECK(up.judge(up.live).reason == "NotObserved");
}

TEST_CASE("a status without observedGeneration has not been observed", "[scenario-12]") {
  Watched watched;
  CHECK(watched.judge(changed(deployment("orders"), {{"status", {{"observedGeneration", nullptr}}}})).reason ==
        "NotObserved");
}

TEST_CASE("a deployment of zero replicas is ready, with a word about it", "[scenario-13]") {
  Watched watched;
  const auto verdict = watched.judge(deployment("orders", 0));
  CHECK(verdict.state == State::ready);
  CHECK(verdict.message == "scaled to 0");
}

TEST_CASE("scaling to zero waits until the old pods are gone", "[scenario-14]") {
  Watched watched;
  const Json live = changed(deployment("orders", 2), {{"spec", {{"replicas", 0}}}});
  const auto verdict = watched.judge(live);
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.message == "scaling to 0, 2 pods left");
}

TEST_CASE("an autoscaler may change the number of replicas during a rollout", "[scenario-15]") {
  Update up;
  Json scaled =
      changed(deployment("orders", 4), {{"metadata", {{"generation", 7}}}, {"status", {{"observedGeneration", 7}}}});
  CHECK(up.judge(scaled).state == State::ready);
  CHECK(up.judge(changed(scaled, {{"spec", {{"replicas", 5}}}})).state == State::waiting);
}

TEST_CASE("maxUnavailable does not make a deployment without ready pods ready", "[scenario-16]") {
  Watched watched;
  Json live =
      changed(deployment("orders", 1), {{"spec", {{"strategy", {{"rollingUpdate", {{"maxUnavailable", 1}}}}}}}});
  watched.applied(live);
  CHECK(watched.judge(rolling(live, 1, 0)).state == State::waiting);
}

TEST_CASE("a deployment that somebody paused cannot be rolled out", "[scenario-18]") {
  Update up;
  const auto verdict = up.judge(changed(up.live, {{"spec", {{"paused", true}}}}));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2070");
}

TEST_CASE("a paused deployment is only remarked on when nobody deploys", "[scenario-18]") {
  Watched watched;
  const Json live = changed(deployment("orders"), {{"spec", {{"paused", true}}}});
  CHECK(watched.judge(live).state == State::ready_with_warning);
  CHECK(watched.judge(rolling(live, 1, 0, 1)).state == State::waiting);
}

TEST_CASE("the controller's progress deadline fails a rollout, with the probable cause", "[scenario-19]") {
  Update up;
  const Json pod = unready(pod_of(up.new_set, 0));
  up.have(pod);
  up.have(event_about(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500", 8));
  up.clock.advance(seconds(10));
  const auto verdict = up.judge(deadline_exceeded(rolling(up.live, 1, 0, 2), 10));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2020");
  CHECK(verdict.message == "no progress for 10m: the readiness probe fails");
  CHECK(verdict.evidence == "Readiness probe failed: HTTP probe failed with statuscode: 500");
}

TEST_CASE("without any sign the missing progress itself is the cause", "[scenario-19]") {
  Update up;
  up.clock.advance(seconds(10));
  const auto verdict = up.judge(deadline_exceeded(rolling(up.live, 1, 0, 2), 10));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2001");
}

TEST_CASE("a deadline condition from before the write fails nothing", "[scenario-20]") {
  Update up;
  const Json rolled_back = deadline_exceeded(rolling(up.live, 1, 0, 2), 0);
  up.applied(rolled_back);
  CHECK(up.judge_after(seconds(30), rolled_back).state == State::waiting);
  SECTION("but a new one does") {
    CHECK(up.judge(deadline_exceeded(rolled_back, 31)).state == State::failed);
  }
  SECTION("and the stale one may stay for ever: our own timer ends the wait") {
    const auto before = up.judge_after(seconds(569), rolled_back);
    CHECK(before.state == State::waiting);
    CHECK(rollout::next_deadline(up.memory) == up.clock.now() + seconds(31));
    const auto verdict = up.judge_after(seconds(31), rolled_back);
    CHECK(verdict.state == State::failed);
    CHECK(verdict.message.starts_with("no progress for 10m"));
  }
  SECTION("and every new pod starts that timer again") {
    up.judge_after(seconds(500), rolling(rolled_back, 2, 1, 1));
    CHECK(up.judge_after(seconds(120), rolling(rolled_back, 2, 1, 1)).state == State::waiting);
  }
}

TEST_CASE("pods of an old revision may crash as they like", "[scenario-55]") {
  Update up;
  up.have(crashing(pod_of(up.old_set, 0), 40));
  up.have(creating(pod_of(up.new_set, 0)));
  const auto verdict = up.judge_after(seconds(60), rolling(up.live, 1, 0, 1));
  CHECK(verdict.state == State::waiting);
  CHECK(verdict.code.empty());
}

TEST_CASE("a refusal that an old ReplicaSet reports is not about the new pods", "[scenario-55]") {
  Update up;
  up.have(with_condition(up.old_set, "ReplicaFailure", "True", "FailedCreate",
                         "exceeded quota: compute, requested: pods=1"));
  Json live = with_condition(rolling(up.live, 1, 0, 1), "ReplicaFailure", "True", "FailedCreate",
                             "exceeded quota: compute, requested: pods=1");
  CHECK(up.judge_after(seconds(60), live).code.empty());
}

TEST_CASE("a changed template means that somebody else deploys") {
  Update up;
  Json other = up.live;
  other["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.com/shop/orders:v9";
  other["metadata"]["managedFields"] = Json::array(
      {{{"manager", "kubectl-edit"},
        {"time", at_second(9)},
        {"fieldsV1", {{"f:spec", {{"f:template", Json::object()}}}}}},
       {{"manager", "kforge"}, {"time", at_second(1)}, {"fieldsV1", {{"f:spec", {{"f:template", Json::object()}}}}}}});
  const auto verdict = up.judge(other);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2074");
  CHECK(verdict.message == "changed by 'kubectl-edit' while it was rolling out");

  Json restarted = up.live;
  restarted["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = at_second(9);
  CHECK(up.judge(restarted).state == State::ready);
}

TEST_CASE("a ReplicaSet without a deployment is ready when all its pods are available") {
  Watched watched;
  Json set = replica_set(deployment("orders"), 1);
  set["metadata"].erase("ownerReferences");
  CHECK(watched.judge(set).state == State::ready);
  CHECK(watched.judge(changed(set, {{"status", {{"availableReplicas", 1}}}})).state == State::waiting);
  CHECK(watched.judge(with_condition(set, "ReplicaFailure", "True", "FailedCreate", "x")).state == State::waiting);
}

TEST_CASE("a recorded rollback over an exceeded deadline is never taken for a failure", "[scenario-20]") {
  const Json recording = Json::parse(repository_file("tests/unit/rollout/data/rollback-over-exceeded-deadline.json"));
  const Json& reply = recording["reply"];
  const std::int64_t written = std::stoll(string_at(reply, {"metadata", "resourceVersion"}));
  Watched watched;
  Json live;
  std::vector<State> states;
  for (const Json& event : recording["events"]) {
    const Json& object = event["object"];
    if (object["kind"] == "Deployment") live = object;
    if (event["type"] == "DELETED")
      watched.forget(object);
    else if (object["kind"] != "Deployment")
      watched.have(object);
    const std::int64_t version = std::stoll(string_at(object, {"metadata", "resourceVersion"}));
    if (version == written) watched.applied(reply);
    if (version >= written) states.push_back(watched.judge(live).state);
  }
  CHECK(states.front() == State::waiting);
  CHECK(std::count(states.begin(), states.end(), State::failed) == 0);
  CHECK(states.back() == State::ready);
}
