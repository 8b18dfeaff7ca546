// SPDX-License-Identifier: Apache-2.0
// Hand-made events of a deploy of the shop, for tests of views.
#pragma once

#include "base/error.hpp"
#include "deploy/events.hpp"

#include <string>

namespace kforge::tests {

using project::Tier;

inline kube::ObjectRef deployment(const std::string& name, const std::string& name_space = "backend") {
  return {{"apps", "v1", "Deployment"}, name_space, name};
}
inline kube::ObjectRef namespace_named(const std::string& name) {
  return {{"", "v1", "Namespace"}, "", name};
}

inline deploy::Started started_up() {
  return {"up", "shop", "", "prod-cluster", "https://10.0.0.5:6443", "ci@shop"};
}

inline deploy::Planned planned() {
  deploy::Planned event;
  event.summary = {.create = 1, .update = 3, .unchanged = 41, .restarts = {"order-service (2 pods)"}};
  event.stages = {{Tier::namespaces, {}},
                  {Tier::database, {"postgres"}},
                  {Tier::auth, {"keycloak"}},
                  {Tier::backend, {"order-service", "payment-service", "product-service"}},
                  {Tier::gateway, {"kong"}}};
  return event;
}

inline deploy::ObjectState state(Tier tier, const std::string& service, rollout::State value, int ready, int wanted,
                                 const std::string& message = {}, Milliseconds in_state = Milliseconds{0}) {
  deploy::ObjectState event;
  event.tier = tier;
  event.object = deployment(service, std::string(project::to_string(tier)));
  event.service = service;
  event.verdict.state = value;
  event.verdict.reason = value == rollout::State::waiting ? "PodsNotReady" : "Ready";
  event.verdict.message = message;
  event.counts = rollout::Counts{ready, wanted, ready};
  event.in_state = in_state;
  return event;
}
inline deploy::ObjectState ready(Tier tier, const std::string& service, int pods) {
  return state(tier, service, rollout::State::ready, pods, pods);
}

inline deploy::StageStarted stage_started(Tier tier) {
  deploy::StageStarted event;
  event.tier = tier;
  return event;
}
inline deploy::StageEnded stage_ended(Tier tier, Milliseconds took) {
  return {tier, true, took};
}

inline deploy::ObjectApplied changed(Tier tier, const kube::ObjectRef& object, const std::string& detail) {
  return {tier, object, deploy::Action::update, detail};
}

inline SourcePlace image_place() {
  return {
      "kforge.yaml", 8, 28, 46,
      "  order-service:   {image: registry.example.com/shop/order-service:v1.1.O, port: 8001, routes: [/api/orders]}"};
}

inline deploy::Diagnosis image_not_found() {
  deploy::Diagnosis event;
  event.tier = Tier::backend;
  event.object = deployment("order-service");
  event.service = "order-service";
  event.verdict.state = rollout::State::failed;
  event.verdict.reason = "ImageNotFound";
  event.verdict.message = "image not found";
  event.verdict.code = "KF2003";
  event.verdict.subject = "registry.example.com/shop/order-service:v1.1.O";
  event.verdict.evidence =
      "failed to pull and unpack image \"registry.example.com/shop/order-service:v1.1.O\": not found";
  event.verdict.pod = "order-service-7c9f-abcde";
  event.verdict.pods_affected = 2;
  event.verdict.pods_total = 2;
  event.place = image_place();
  event.after = Milliseconds{11'000};
  return event;
}

inline deploy::Finished finished(int exit_code, const std::string& outcome, Milliseconds took) {
  deploy::Finished event;
  event.exit_code = exit_code;
  event.outcome = outcome;
  event.summary = planned().summary;
  event.took = took;
  return event;
}

}  // namespace kforge::tests
