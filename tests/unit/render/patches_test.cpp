// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/diagnostics.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

using namespace kforge;

namespace {

project::Patch patch(const char* kind, const char* name, const char* content) {
  return {.kind = kind, .name = name, .name_space = "", .content = yaml::parse("kforge.yaml", content)};
}

std::string problem_of(const project::Patch& given) {
  project::Project project = tests::shop();
  project.patches = {given};
  try {
    tests::render_offline(project);
  } catch (const InvalidInput& error) {
    const Diagnostic& problem = error.diagnostics.all().front();
    return problem.message + (problem.hint.empty() ? "" : "; " + problem.hint);
  }
  return "";
}

}  // namespace

TEST_CASE("a patch changes the object that it names") {
  project::Project project = tests::shop();
  project.patches = {
      patch("Deployment", "order-service",
            "{spec: {template: {spec: {priorityClassName: high, containers: [{name: order-service, tty: true}]}}}}")};
  const auto rendered = tests::render_offline(project);
  const Json& pod = tests::find(rendered, "Deployment", "order-service")["spec"]["template"]["spec"];
  CHECK(pod["priorityClassName"] == "high");
  CHECK(pod["containers"][0]["tty"] == true);
  CHECK(pod["containers"][0]["image"] == "order-service:v1.0.0");
  CHECK_FALSE(
      tests::find(rendered, "Deployment", "product-service")["spec"]["template"]["spec"].contains("priorityClassName"));
}

TEST_CASE("a patched ConfigMap is named without its hash, gets a new one, and its readers follow") {
  project::Project project = tests::shop();
  const auto before = tests::render_offline(project);
  project.patches = {patch("ConfigMap", "kong-env", "{data: {KONG_LOG_LEVEL: debug}}")};
  const auto after = tests::render_offline(project);
  const auto name = [](const render::Rendered& rendered) {
    return string_at(tests::find(rendered, "ConfigMap", "kong-env"), {"metadata", "name"});
  };
  CHECK(name(before) != name(after));
  CHECK(tests::find(after, "ConfigMap", "kong-env")["data"]["KONG_LOG_LEVEL"] == "debug");
  CHECK(tests::container_of(tests::find(after, "Deployment", "kong"))["envFrom"][0]["configMapRef"]["name"] ==
        name(after));
}

TEST_CASE("a namespace narrows a patch down") {
  project::Project project = tests::shop();
  project.patches = {patch("LimitRange", "defaults", "{metadata: {annotations: {a: b}}}")};
  project.patches[0].name_space = "auth";
  const auto rendered = tests::render_offline(project);
  for (const render::Object& object : rendered.objects) {
    if (object.manifest["kind"] != "LimitRange") continue;
    CHECK(object.manifest["metadata"].contains("annotations") == (object.manifest["metadata"]["namespace"] == "auth"));
  }
}

TEST_CASE("quantities in a patch are spelt as an API server stores them") {
  project::Project project = tests::one_service();
  project.patches = {patch("Deployment", "product-service",
                           "{spec: {template: {spec: {containers: [{name: product-service, resources: {limits: {cpu: "
                           "1000m, memory: 1024Mi}}}]}}}}")};
  const auto rendered = tests::render_offline(project);
  CHECK(tests::container_of(tests::find(rendered, "Deployment", "product-service"))["resources"]["limits"]["cpu"] ==
        "1");
  CHECK(tests::container_of(tests::find(rendered, "Deployment", "product-service"))["resources"]["limits"]["memory"] ==
        "1Gi");
}

TEST_CASE("a patch that asks for more raises the LimitRange with it") {
  project::Project project = tests::one_service();
  project.patches = {
      patch("Deployment", "product-service",
            "{spec: {template: {spec: {containers: [{name: product-service, resources: {limits: {memory: 4Gi}}}]}}}}")};
  const auto rendered = tests::render_offline(project);
  CHECK(tests::find(rendered, "LimitRange", "defaults")["spec"]["limits"][0]["max"]["memory"] == "4Gi");
}

TEST_CASE("a patch that hits nothing says what it may have meant") {
  CHECK(problem_of(patch("Deployment", "order-servic", "{}")) ==
        "the patch hits nothing: there is no Deployment 'order-servic'; did you mean 'order-service'?");
  CHECK(problem_of(patch("Deploymet", "order-service", "{}")) ==
        "the patch hits nothing: there is no Deploymet 'order-service'; did you mean 'Deployment'?");
}

TEST_CASE("a patch cannot make another object of the one that it hits") {
  CHECK(problem_of(patch("Deployment", "order-service", "{metadata: {name: other}}")) ==
        "patch of Deployment 'order-service': a patch cannot change 'metadata.name' of an object");
  CHECK(problem_of(patch("Deployment", "order-service", "{kind: DaemonSet}")) ==
        "patch of Deployment 'order-service': a patch cannot change 'kind' of an object");
}

TEST_CASE("the place of a bad patch is told") {
  project::Project project = tests::shop();
  project.patches = {patch("Deployment", "order-service", "spec:\n  template: {spec: {containers: [{image: x}]}}\n")};
  try {
    tests::render_offline(project);
    FAIL("accepted");
  } catch (const InvalidInput& error) {
    CHECK(error.diagnostics.all().front().place.to_string() == "kforge.yaml:1:1");
  }
}
