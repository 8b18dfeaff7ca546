// SPDX-License-Identifier: Apache-2.0
#include "render/order.hpp"

#include "sample.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace kforge;
using render::Wave;

namespace {

Json object(const char* api_version, const char* kind, const char* name = "a") {
  return {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}};
}

std::vector<std::string> names_in_order(std::deque<render::Draft> drafts) {
  std::vector<std::string> all;
  for (const render::Draft* draft : render::in_order(drafts))
    all.push_back(draft->identity.kind + " " + draft->identity.name);
  return all;
}

}  // namespace

TEST_CASE("kinds have their place inside a stage") {
  CHECK(render::wave_of(object("v1", "Namespace")) == Wave::scope);
  CHECK(render::wave_of(object("apiextensions.k8s.io/v1", "CustomResourceDefinition")) == Wave::scope);
  CHECK(render::wave_of(object("v1", "LimitRange")) == Wave::policy);
  CHECK(render::wave_of(object("policy/v1", "PodDisruptionBudget")) == Wave::policy);
  CHECK(render::wave_of(object("v1", "ServiceAccount")) == Wave::identity);
  CHECK(render::wave_of(object("rbac.authorization.k8s.io/v1", "RoleBinding")) == Wave::binding);
  CHECK(render::wave_of(object("v1", "Secret")) == Wave::config);
  CHECK(render::wave_of(object("v1", "Service")) == Wave::network);
  CHECK(render::wave_of(object("apps/v1", "StatefulSet")) == Wave::workload);
  CHECK(render::wave_of(object("batch/v1", "Job")) == Wave::job);
  CHECK(render::wave_of(object("autoscaling/v2", "HorizontalPodAutoscaler")) == Wave::scaling);
  CHECK(render::wave_of(object("networking.k8s.io/v1", "Ingress")) == Wave::edge);
  CHECK(render::wave_of(object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")) == Wave::webhook);
}

TEST_CASE("a custom resource that borrows a built-in name goes with the workloads") {
  CHECK(render::wave_of(object("serving.knative.dev/v1", "Service")) == Wave::workload);
  CHECK(render::wave_of(object("example.com/v1", "Ingress")) == Wave::workload);
}

TEST_CASE("the order of objects does not depend on the order in which they were made") {
  const render::Workload namespaces{.tier = project::Tier::namespaces}, database{.tier = project::Tier::database},
      backend{.tier = project::Tier::backend};
  std::deque<render::Draft> drafts;
  const auto add = [&](const render::Workload& workload, const Json& manifest) {
    drafts.push_back({.manifest = manifest, .identity = render::identity_of(manifest), .workload = &workload});
  };
  add(backend, object("autoscaling/v2", "HorizontalPodAutoscaler"));
  add(backend, object("apps/v1", "Deployment", "b"));
  add(backend, object("apps/v1", "Deployment", "a"));
  add(backend, object("v1", "Secret"));
  add(backend, object("v1", "ConfigMap"));
  add(database, object("batch/v1", "Job"));
  add(namespaces, object("v1", "Namespace"));
  const std::vector<std::string> expected{
      "Namespace a", "Job a", "ConfigMap a", "Secret a", "Deployment a", "Deployment b", "HorizontalPodAutoscaler a"};
  CHECK(names_in_order(drafts) == expected);
  CHECK(names_in_order({drafts.rbegin(), drafts.rend()}) == expected);
}

TEST_CASE("the tiers of the shop come in deploy order") {
  const auto rendered = tests::render_offline(tests::shop());
  CHECK(std::ranges::is_sorted(rendered.objects, {}, &render::Object::tier));
  CHECK(rendered.objects.front().tier == project::Tier::namespaces);
  CHECK(rendered.objects.back().service == "kong");
}
