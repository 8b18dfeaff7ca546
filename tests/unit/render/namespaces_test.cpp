// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

using namespace kforge;

TEST_CASE("each used tier has its namespace with a PodSecurity level and a LimitRange") {
  const auto rendered = tests::render_offline(tests::shop());
  for (const char* tier : {"database", "auth", "backend", "gateway"}) {
    const Json& labels = tests::find(rendered, "Namespace", tier)["metadata"]["labels"];
    CHECK(labels["tier"] == tier);
    for (const char* mode : {"enforce", "audit", "warn"}) {
      CHECK(labels[std::string("pod-security.kubernetes.io/") + mode] == "restricted");
      CHECK(labels[std::string("pod-security.kubernetes.io/") + mode + "-version"] == "latest");
    }
  }
  int limits = 0;
  for (const render::Object& object : rendered.objects) limits += object.manifest["kind"] == "LimitRange" ? 1 : 0;
  CHECK(limits == 4);
}

TEST_CASE("a project of one service has one namespace") {
  const auto rendered = tests::render_offline(tests::one_service());
  CHECK(tests::contains(rendered, "Namespace", "backend"));
  CHECK_FALSE(tests::contains(rendered, "Namespace", "database"));
}

TEST_CASE("tiers that share a namespace get it once, and it belongs to no tier") {
  project::Project project = tests::shop();
  project.namespaces = {.database = "shop", .auth = "shop", .backend = "shop", .gateway = "shop"};
  const auto rendered = tests::render_offline(project);
  CHECK_FALSE(tests::find(rendered, "Namespace", "shop")["metadata"]["labels"].contains("tier"));
  CHECK(tests::find(rendered, "Deployment", "order-service")["metadata"]["namespace"] == "shop");
  CHECK(tests::find(rendered, "ConfigMap", "order-service-config")["data"]["DB_HOST"] ==
        "postgres.shop.svc.cluster.local");
}

TEST_CASE("namespaces of somebody else are left alone") {
  project::Project project = tests::shop();
  project.namespaces.create = false;
  const auto rendered = tests::render_offline(project);
  CHECK_FALSE(tests::contains(rendered, "Namespace", "backend"));
  CHECK_FALSE(tests::contains(rendered, "LimitRange", "defaults"));
}

TEST_CASE("the PodSecurity level can be lowered") {
  project::Project project = tests::one_service();
  project.namespaces.pod_security = "baseline";
  const auto rendered = tests::render_offline(project);
  CHECK(tests::find(rendered, "Namespace", "backend")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] ==
        "baseline");
}

TEST_CASE("the maximum of a LimitRange rises to what the project's pods ask for") {
  project::Project project = tests::one_service();
  CHECK(tests::find(tests::render_offline(project), "LimitRange", "defaults")["spec"]["limits"][0]["max"] ==
        Json{{"cpu", "2"}, {"memory", "2Gi"}});
  project.services[0].resources.limits = {"4", "3Gi", ""};
  CHECK(tests::find(tests::render_offline(project), "LimitRange", "defaults")["spec"]["limits"][0]["max"] ==
        Json{{"cpu", "4"}, {"memory", "3Gi"}});
}

TEST_CASE("a limit that a service does without is not given to it by the LimitRange") {
  project::Project project = tests::one_service();
  project.services[0].resources.limits.cpu = "none";
  const auto rendered = tests::render_offline(project);
  const Json& limits = tests::find(rendered, "LimitRange", "defaults")["spec"]["limits"][0];
  CHECK_FALSE(limits["default"].contains("cpu"));
  CHECK_FALSE(limits["max"].contains("cpu"));
  CHECK(limits["default"]["memory"] == "512Mi");
  CHECK_FALSE(
      tests::container_of(tests::find(rendered, "Deployment", "product-service"))["resources"]["limits"].contains(
          "cpu"));
}

TEST_CASE("own pods without limits still get the defaults") {
  project::Project project = tests::one_service();
  project.manifests.push_back(
      {.tier = project::Tier::backend, .file = "pod.yaml", .objects = yaml::parse_all("pod.yaml", R"(
{apiVersion: v1, kind: Pod, metadata: {name: debug}, spec: {containers: [{name: debug, image: "busybox:1.36"}]}}
)")});
  const auto rendered = tests::render_offline(project);
  CHECK(tests::find(rendered, "LimitRange", "defaults")["spec"]["limits"][0]["default"]["cpu"] == "500m");
}
