// SPDX-License-Identifier: Apache-2.0
// What holds for every kind, and the kinds that run nothing.
#include "tests/unit/rollout/rollout.hpp"

using namespace kforge;
using namespace kforge::tests;
using rollout::State;
using std::chrono::seconds;

namespace {

Json definition(std::string_view established, std::string_view reason) {
  Json made = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "backups.example.com", "");
  made = with_condition(std::move(made), "NamesAccepted", "True", "NoConflicts");
  return with_condition(std::move(made), "Established", established, reason);
}

Json custom_resource() {
  return object("example.com/v1", "Backup", "nightly");
}

}  // namespace

TEST_CASE("an object that somebody recreated is not ours", "[scenario-42]") {
  Watched watched;
  watched.applied(deployment("orders"));
  const auto verdict = watched.judge(changed(deployment("orders"), {{"metadata", {{"uid", "another"}}}}));
  CHECK(verdict.state == State::failed);
  CHECK(verdict.code == "KF2072");
}

TEST_CASE("an object that is gone or going away has failed", "[scenario-43]") {
  CHECK(rollout::judge_gone(deployment("orders")).code == "KF2071");

  Watched watched;
  watched.applied(deployment("orders"));
  Json live = deleting(deployment("orders"));
  live["metadata"]["finalizers"] = Json::array({"example.com/hold", "foregroundDeletion"});
  const auto first = watched.judge(live);
  CHECK(first.state == State::waiting);
  CHECK(rollout::next_deadline(watched.memory) == watched.clock.now() + seconds(5));
  const auto verdict = watched.judge_after(seconds(5), live);
  CHECK(verdict.state == State::failed);
  CHECK(verdict.message == "is being deleted, held by 'example.com/hold' and 'foregroundDeletion'");
}

TEST_CASE("without a deploy, going away is no failure", "[scenario-43]") {
  Watched watched;
  CHECK(watched.judge_after(seconds(60), deleting(deployment("orders"))).reason == "Terminating");
  CHECK(watched.judge(deleting(name_space("backend", "Terminating"))).state == State::waiting);
}

TEST_CASE("a namespace is ready when it is active, and hopeless when it is being deleted") {
  Watched watched;
  CHECK(watched.judge(name_space("backend")).state == State::ready);
  watched.applied(name_space("backend"));
  CHECK(watched.judge(deleting(name_space("backend", "Terminating"))).code == "KF2035");
}

TEST_CASE("a service whose selector matches nothing leads nowhere", "[scenario-36]") {
  Watched watched;
  watched.have(deployment("orders"));
  const Json typo = service("orders", "ordres");
  watched.applied(typo);
  CHECK(watched.judge(typo).state == State::waiting);
  CHECK(watched.judge_after(seconds(10), typo).code == "KF2060");
}

TEST_CASE("a service is ready when a pod behind it is", "[scenario-36]") {
  Watched watched;
  const Json live = service("orders", "orders");
  watched.have(deployment("orders"));
  watched.applied(live);
  watched.have(endpoint_slice(live));
  CHECK(watched.judge(live).state == State::ready);
  watched.have(endpoint_slice(live, false));
  CHECK(watched.judge(live).state == State::waiting);
  SECTION("while its pods are not ready it is not its own fault") {
    watched.have(rolling(deployment("orders"), 2, 0));
    CHECK(watched.judge_after(seconds(60), live).message == "no pod behind it is ready");
  }
  SECTION("a port that no container has is") {
    watched.have(changed(endpoint_slice(live), {{"ports", nullptr}}));
    watched.judge(live);
    CHECK(watched.judge_after(seconds(10), live).code == "KF2061");
  }
}

TEST_CASE("a service without anything known around it only has to exist", "[scenario-36]") {
  Watched watched;
  CHECK(watched.judge(service("orders", "ordres")).state == State::ready);
  CHECK(watched.judge(changed(service("orders", "orders"), {{"spec", {{"clusterIP", nullptr}}}})).state ==
        State::waiting);
  CHECK(watched.judge(changed(service("mail", "x"), {{"spec", {{"type", "ExternalName"}, {"clusterIP", nullptr}}}}))
            .state == State::ready);
}

TEST_CASE("a service of something scaled to zero needs no endpoints", "[scenario-37]") {
  Watched watched;
  const Json live = service("orders", "orders");
  watched.have(deployment("orders", 0));
  watched.have(endpoint_slice(live, false));
  CHECK(watched.judge_after(seconds(60), live).state == State::ready);
}

TEST_CASE("a service may select pods that have no controller", "[scenario-37]") {
  Watched watched;
  watched.have(deployment("other"));
  watched.have(bare_pod("tools"));
  CHECK(watched.judge_after(seconds(60), service("tools", "tools")).state == State::ready);
}

TEST_CASE("a load balancer that gets no address does not hold a deploy up, unless asked to", "[scenario-38]") {
  Watched watched;
  const Json pending_address = changed(service("kong", "kong"), {{"spec", {{"type", "LoadBalancer"}}}});
  const auto verdict = watched.judge(pending_address);
  CHECK(verdict.state == State::ready_with_warning);
  CHECK(verdict.message == "no external address yet");
  CHECK(rollout::to_string(verdict.state) == "ready");
  watched.options.wait_for_load_balancer = true;
  CHECK(watched.judge(pending_address).state == State::waiting);
  Json served = pending_address;
  served["status"]["loadBalancer"]["ingress"] = Json::array({{{"ip", "203.0.113.9"}}});
  CHECK(watched.judge(served).state == State::ready);
}

TEST_CASE("an ingress without an address is ready, after half a minute with a warning") {
  Watched watched;
  const Json ingress = object("networking.k8s.io/v1", "Ingress", "shop");
  CHECK(watched.judge(ingress).state == State::ready);
  CHECK(watched.judge_after(seconds(30), ingress).code == "KF2062");
}

TEST_CASE("an autoscaler without metrics warns after a minute and fails nothing", "[scenario-39]") {
  Watched watched;
  CHECK(watched.judge(autoscaler("orders")).message == "2-5 pods");
  const Json blind =
      with_condition(autoscaler("orders"), "ScalingActive", "False", "FailedGetResourceMetric",
                     "the HPA was unable to compute the replica count: unable to get metrics for resource cpu");
  CHECK(watched.judge_after(seconds(59), blind).state == State::ready);
  const auto verdict = watched.judge_after(seconds(1), blind);
  CHECK(verdict.state == State::ready_with_warning);
  CHECK(verdict.code == "KF2063");
  CHECK(watched.judge(with_condition(autoscaler("orders"), "ScalingActive", "False", "ScalingDisabled")).state ==
        State::ready);
  CHECK(watched.judge(with_condition(autoscaler("orders"), "ScalingLimited", "True", "TooManyReplicas")).code ==
        "KF2064");
  CHECK(watched.judge(with_condition(autoscaler("orders"), "AbleToScale", "False", "FailedGetScale")).code == "KF2064");
}

TEST_CASE("a disruption budget that protects nothing, or everything, warns") {
  Watched watched;
  CHECK(watched.judge(disruption_budget("orders")).state == State::ready);
  CHECK(watched.judge(disruption_budget("ordres", 0)).state == State::ready);  // its pods may come later
  watched.have(deployment("orders"));
  CHECK(watched.judge(disruption_budget("orders", 0)).state == State::ready);
  CHECK(watched.judge(disruption_budget("ordres", 0)).code == "KF2065");
  CHECK(watched.judge(changed(disruption_budget("orders"), {{"status", {{"desiredHealthy", 2}}}})).code == "KF2066");
  CHECK(watched.judge(unobserved(disruption_budget("orders"))).state == State::waiting);
}

TEST_CASE("a definition whose names are taken has failed", "[scenario-40]") {
  Watched watched;
  CHECK(watched.judge(definition("True", "InitialNamesAccepted")).state == State::ready);
  CHECK(watched.judge(definition("False", "Installing")).state == State::waiting);
  CHECK(watched.judge(definition("False", "NotAccepted")).code == "KF2081");
  const auto verdict = watched.judge(with_condition(definition("False", "NotAccepted"), "NamesAccepted", "False",
                                                    "PluralConflict", "\"backups\" is already in use"));
  CHECK(verdict.code == "KF2080");
  CHECK(verdict.evidence == "\"backups\" is already in use");
}

TEST_CASE("an API service that does not answer fails after a minute") {
  Watched watched;
  const Json live = object("apiregistration.k8s.io/v1", "APIService", "v1beta1.metrics.k8s.io", "");
  CHECK(watched.judge(live).state == State::waiting);
  CHECK(watched.judge(with_condition(live, "Available", "True", "Passed")).state == State::ready);
  const Json broken = with_condition(live, "Available", "False", "MissingEndpoints", "no endpoints");
  CHECK(watched.judge(broken).state == State::waiting);
  CHECK(watched.judge_after(seconds(60), broken).message == "does not answer (MissingEndpoints)");
}

TEST_CASE("a custom resource whose Ready is of an older generation is waited for", "[scenario-41]") {
  Watched watched;
  const Json ready = with_condition(custom_resource(), "Ready", "True");
  CHECK(watched.judge(ready).state == State::ready);
  CHECK(watched.judge(changed(unobserved(ready), {{"status", {{"observedGeneration", 1}}}})).state == State::waiting);
  Json own = unobserved(ready);
  own["status"]["conditions"][0]["observedGeneration"] = 1;
  CHECK(watched.judge(own).reason == "NotObserved");
}

TEST_CASE("a custom resource follows its conditions", "[scenario-41]") {
  Watched watched;
  CHECK(watched.judge(with_condition(custom_resource(), "Ready", "False", "Provisioning")).message ==
        "not ready (Provisioning)");
  CHECK(watched.judge(with_condition(custom_resource(), "Stalled", "True", "BadSpec", "no such bucket")).code ==
        "KF2083");
  CHECK(
      watched.judge(with_condition(with_condition(custom_resource(), "Ready", "True"), "Reconciling", "True")).state ==
      State::waiting);
}

TEST_CASE("a custom resource without conditions counts as it is, after a moment", "[scenario-41]") {
  Watched watched;
  watched.applied(custom_resource());
  CHECK(watched.judge(custom_resource()).state == State::waiting);
  CHECK(watched.judge_after(seconds(5), custom_resource()).code == "KF2084");
}

TEST_CASE("what has no state only has to exist") {
  Watched watched;
  for (const std::string_view kind : {"ConfigMap", "Secret", "ServiceAccount"})
    CHECK(watched.judge(object("v1", kind, "orders")).state == State::ready);
  CHECK(watched.judge(object("rbac.authorization.k8s.io/v1", "Role", "orders")).state == State::ready);
  CHECK(watched.judge(object("networking.k8s.io/v1", "NetworkPolicy", "orders")).state == State::ready);
}
