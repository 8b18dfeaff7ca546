// SPDX-License-Identifier: Apache-2.0
// Pods that the API server refuses to create, in the words of its admission plugins.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

constexpr std::string_view quota =
    "pods \"orders-2-x7k2p\" is forbidden: exceeded quota: compute, requested: requests.cpu=250m, used: "
    "requests.cpu=1, limited: "
    "requests.cpu=1";

struct Create : Watched {
  Json live = rolling(deployment("orders", 1), 0, 0, 1);
  Json set = replica_set(live, 1, 0);

  Create() { applied(live); }
  void refused(std::string_view said) { have(with_condition(set, "ReplicaFailure", "True", "FailedCreate", said)); }
};

}  // namespace

TEST_CASE("a quota that is used up fails after half a minute, with its text", "[scenario-53]") {
  Create create;
  create.refused(quota);
  const auto first = create.judge(create.live);
  CHECK(first.state == State::waiting);
  CHECK(first.code == "KF2030");
  CHECK(rollout::next_deadline(create.memory) == create.clock.now() + seconds(30));
  const auto verdict = create.judge_after(seconds(30), create.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.message == "quota 'compute' is used up");
  CHECK(verdict.evidence == quota);
}

TEST_CASE("without its ReplicaSet a deployment's own condition is read", "[scenario-53]") {
  Create create;
  const Json live = with_condition(create.live, "ReplicaFailure", "True", "FailedCreate", quota);
  create.judge(live);
  CHECK(create.judge_after(seconds(30), live).code == "KF2030");
}

TEST_CASE("what the API server says decides the cause and the patience") {
  const auto [said, code, message,
              fatal_after] = GENERATE(table<std::string_view, std::string_view, std::string_view, int>({
      {"pods \"a\" is forbidden: failed quota: compute: must specify limits.cpu for: orders", "KF2030",
       "quota 'compute' wants what the pods do not set", 30},
      {"pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false "
       "(container "
       "\"orders\" must set securityContext.allowPrivilegeEscalation=false)",
       "KF2031", "forbidden by PodSecurity 'restricted:latest'", 10},
      {"admission webhook \"policy.example.com\" denied the request: no latest tags", "KF2032",
       "denied by admission webhook 'policy.example.com'", 10},
      {"Internal error occurred: failed calling webhook \"inject.example.com\": failed to call webhook: Post "
       "\"https://inject.mesh.svc:443/\": dial tcp 10.96.0.8:443: connect: connection refused",
       "KF2033", "admission webhook 'inject.example.com' does not answer", 60},
      {"pods \"a\" is forbidden: error looking up service account backend/orders: serviceaccount \"orders\" not found",
       "KF2034", "service account 'orders' does not exist", 30},
      {"pods \"a\" is forbidden: unable to create new content in namespace backend because it is being terminated",
       "KF2035", "the namespace is being deleted", 0},
      {"pods \"a\" is forbidden: maximum cpu usage per Container is 1, but limit is 2", "KF2036",
       "pods cannot be created", 30},
  }));
  INFO(said);
  Create create;
  create.refused(said);
  if (fatal_after > 0) CHECK(create.judge_after(seconds(fatal_after - 1), create.live).state == State::waiting);
  const auto verdict = create.judge_after(seconds(fatal_after > 0 ? 1 : 0), create.live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == code);
  CHECK(verdict.message == message);
}

TEST_CASE("a refusal that was over at the time of the write is not there any more") {
  Create create;
  create.clock.advance(seconds(3600));
  create.applied(create.live);
  create.refused(quota);  // still true since an hour ago, when somebody else deployed
  CHECK(create.judge(create.live).state == State::waiting);
}

TEST_CASE("other controllers tell of refused pods by events") {
  Watched watched;
  const Json live =
      changed(stateful_set("postgres"), {{"status", {{"replicas", 0}, {"readyReplicas", 0}, {"updatedReplicas", 0}}}});
  watched.applied(live);
  Json event = event_about(live, "FailedCreate",
                           "create Pod postgres-0 in StatefulSet postgres failed error: " + std::string(quota), 2);
  watched.have(event_about(live, "SuccessfulCreate",
                           "create Claim data-postgres-0 Pod postgres-0 in StatefulSet postgres success", 3));
  watched.have(event);
  watched.clock.advance(seconds(4));
  CHECK(watched.judge(live).code == "KF2030");
  SECTION("and are believed for as long as nothing newer was created") {
    CHECK(watched.judge_after(seconds(30), live).state == State::failed);
  }
  SECTION("but a pod created later settles it") {
    watched.have(event_about(live, "SuccessfulCreate", "create Pod postgres-0 in StatefulSet postgres successful", 5));
    CHECK(watched.judge_after(seconds(30), live).code.empty());
  }
  SECTION("and events from before the write say nothing") {
    watched.clock.advance(seconds(60));
    watched.applied(live);
    CHECK(watched.judge(live).code.empty());
  }
}
