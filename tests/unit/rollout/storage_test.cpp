// SPDX-License-Identifier: Apache-2.0
// Claims, and pods that wait for volumes.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

struct Mount : Watched {
  Json live = changed(stateful_set("postgres", 1), {{"status", {{"readyReplicas", 0}, {"availableReplicas", 0}}}});
  Json pod = creating(pod_of(live));

  Mount() {
    pod["spec"]["volumes"] =
        Json::array({{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", "data-postgres-0"}}}}});
    applied(live);
    have(pod);
  }
  void event(std::string_view reason, std::string_view message, int second = 1) {
    have(event_about(pod, reason, message, second));
  }
};

}  // namespace

TEST_CASE("a claim that waits for its first pod does not block", "[scenario-34]") {
  Watched watched;
  watched.have(storage_class("standard", "WaitForFirstConsumer"));
  CHECK(watched.judge(claim("data", "Pending")).state == State::ready);
  CHECK(watched.judge(claim("data", "Bound")).reason == "Bound");

  Watched by_event;
  by_event.have(
      event_about(claim("data"), "WaitForFirstConsumer", "waiting for first consumer to be created before binding"));
  CHECK(by_event.judge(claim("data", "Pending")).state == State::ready);
}

TEST_CASE("a claim of a class that binds at once is waited for", "[scenario-34]") {
  Watched watched;
  watched.have(storage_class("standard"));
  watched.applied(claim("data"));
  CHECK(watched.judge_after(seconds(500), claim("data", "Pending")).state == State::waiting);
}

TEST_CASE("a missing storage class is named", "[scenario-35]") {
  Watched watched;
  watched.applied(claim("data"));
  SECTION("from the list of classes") {
    watched.have(storage_class("fast"));
  }
  SECTION("from the provisioner's words") {
    watched.have(
        event_about(claim("data"), "ProvisioningFailed", "storageclass.storage.k8s.io \"standard\" not found"));
  }
  CHECK(watched.judge(claim("data", "Pending")).state == State::waiting);
  const auto verdict = watched.judge_after(seconds(20), claim("data", "Pending"));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2050");
  CHECK(verdict.message == "storage class 'standard' does not exist");
  CHECK(verdict.subject == "claim 'data'");
}

TEST_CASE("a cluster without a default class cannot serve a claim that names none", "[scenario-35]") {
  Watched watched;
  const Json pending_claim = changed(claim("data", "Pending"), {{"spec", {{"storageClassName", nullptr}}}});
  watched.applied(pending_claim);
  watched.have(storage_class("fast"));
  watched.judge(pending_claim);
  CHECK(watched.judge_after(seconds(20), pending_claim).message == "the cluster has no default storage class");
  watched.have(changed(storage_class("fast"),
                       {{"metadata", {{"annotations", {{"storageclass.kubernetes.io/is-default-class", "true"}}}}}}));
  CHECK(watched.judge(pending_claim).state == State::waiting);
}

TEST_CASE("a provisioner that reports errors gets three minutes") {
  Watched watched;
  watched.applied(claim("data"));
  watched.have(
      event_about(claim("data"), "ProvisioningFailed", "rpc error: code = ResourceExhausted desc = quota of disks"));
  CHECK(watched.judge_after(seconds(1), claim("data", "Pending")).code == "KF2052");
  CHECK(watched.judge_after(seconds(180), claim("data", "Pending")).state == State::failed);
}

TEST_CASE("a claim that lost its volume has failed") {
  Watched watched;
  CHECK(watched.judge(claim("data", "Lost")).code == "KF2051");
}

TEST_CASE("a pod that waits for a claim fails with the claim's cause", "[scenario-35]") {
  Mount mount;
  mount.have(pending(mount.pod, "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."));
  mount.have(claim("data-postgres-0", "Pending"));
  mount.have(storage_class("fast"));
  mount.judge(mount.live);
  const auto verdict = mount.judge_after(seconds(20), mount.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2050");
  CHECK(verdict.pod == "postgres-0");
}

TEST_CASE("a mounted secret that is missing fails after twenty seconds") {
  Mount mount;
  mount.event("FailedMount", "MountVolume.SetUp failed for volume \"tls\" : secret \"postgres-tls\" not found");
  CHECK(mount.judge_after(seconds(1), mount.live).state == State::waiting);
  const auto verdict = mount.judge_after(seconds(20), mount.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.message == "secret 'postgres-tls' is missing");
}

TEST_CASE("other trouble with volumes gets five minutes, a volume attached elsewhere seven") {
  const auto [reason, message, minutes] = GENERATE(table<std::string_view, std::string_view, int>(
      {{"FailedMount", "MountVolume.MountDevice failed for volume \"pv-1\" : rpc error: code = Internal", 5},
       {"FailedAttachVolume",
        "Multi-Attach error for volume \"pv-1\" Volume is already exclusively attached to one node", 7},
       {"FailedMount",
        "MountVolume.SetUp failed for volume \"c\" : failed to sync configmap cache: timed out waiting for the "
        "condition",
        5}}));
  Mount mount;
  mount.event(reason, message);
  const auto first = mount.judge_after(seconds(1), mount.live);
  CHECK(first.code == "KF2025");
  CHECK(mount.judge_after(std::chrono::minutes(minutes) - seconds(1), mount.live).state == State::waiting);
  CHECK(mount.judge_after(seconds(1), mount.live).state == State::failed);
}

TEST_CASE("a node that cannot set the pod up gets three minutes") {
  Mount mount;
  mount.event("FailedCreatePodSandBox", "Failed to create pod sandbox: plugin type=\"calico\" failed (add): no IPs");
  CHECK(mount.judge_after(seconds(1), mount.live).code == "KF2026");
  CHECK(mount.judge_after(seconds(180), mount.live).state == State::failed);
}

TEST_CASE("what failed before the node began to pull is over") {
  Mount mount;
  mount.event("FailedMount", "MountVolume.SetUp failed for volume \"pv-1\" : timeout", 1);
  mount.event("Pulling", "Pulling image \"postgres:17\"", 2);
  CHECK(mount.judge_after(seconds(3), mount.live).reason == "PullingImage");
  CHECK(mount.judge_after(seconds(400), mount.live).state == State::waiting);
}
