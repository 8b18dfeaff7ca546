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

std::vector<std::string> names(const std::vector<render::Object>& objects) {
  std::vector<std::string> all;
  for (const render::Object& made : objects)
    all.push_back(string_at(made.manifest, {"kind"}) + " " + string_at(made.manifest, {"metadata", "name"}));
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
  using project::Tier;
  std::vector<render::Object> objects;
  const auto add = [&](Json manifest, Tier tier) {
    objects.push_back({.manifest = std::move(manifest), .tier = tier});
  };
  add(object("autoscaling/v2", "HorizontalPodAutoscaler"), Tier::backend);
  add(object("apps/v1", "Deployment", "b"), Tier::backend);
  add(object("apps/v1", "Deployment", "a"), Tier::backend);
  add(object("v1", "Secret"), Tier::backend);
  add(object("v1", "ConfigMap"), Tier::backend);
  add(object("batch/v1", "Job"), Tier::database);
  add(object("v1", "Namespace"), Tier::namespaces);
  auto shuffled = objects;
  std::ranges::reverse(shuffled);
  render::sort_objects(objects);
  render::sort_objects(shuffled);
  CHECK(names(objects) == names(shuffled));
  CHECK(names(objects) == std::vector<std::string>{"Namespace a", "Job a", "ConfigMap a", "Secret a", "Deployment a",
                                                   "Deployment b", "HorizontalPodAutoscaler a"});
}

TEST_CASE("the tiers of the shop come in deploy order") {
  const auto rendered = tests::render_offline(tests::shop());
  CHECK(std::ranges::is_sorted(rendered.objects, {}, &render::Object::tier));
  CHECK(rendered.objects.front().tier == project::Tier::namespaces);
  CHECK(rendered.objects.back().service == "kong");
}
