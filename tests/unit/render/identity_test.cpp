// SPDX-License-Identifier: Apache-2.0
#include "render/identity.hpp"

#include "sample.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

namespace {

const Json& labels_of(const Json& object) {
  return at_path(object, {"metadata", "labels"});
}

}  // namespace

TEST_CASE("the version label is the image's tag, made fit for a label") {
  CHECK(render::image_version("product-service:v1.0.0") == "v1.0.0");
  CHECK(render::image_version("registry:5000/shop/product-service") == "");
  CHECK(render::image_version("registry:5000/shop/product-service:2-rc.1") == "2-rc.1");
  CHECK(render::image_version("a@sha256:0123456789abcdef0123") == "0123456789ab");
  CHECK(render::image_version("a:v1@sha256:0123456789abcdef0123") == "v1");
  CHECK(render::image_version("a:_v1_") == "v1");
  CHECK(render::image_version("a:" + std::string(80, 'x')) == std::string(63, 'x'));
}

TEST_CASE("workloads carry the whole set of labels") {
  project::Project project = tests::shop();
  project.environment = "staging";
  project.defaults.labels = {{"owner", "team-shop"}, {"tier", "mine"}};
  const auto rendered = tests::render_offline(project);
  CHECK(labels_of(tests::find(rendered, "Deployment", "order-service")) ==
        Json{{"app.kubernetes.io/component", "api"},
             {"app.kubernetes.io/instance", "order-service"},
             {"app.kubernetes.io/managed-by", "kforge"},
             {"app.kubernetes.io/name", "order-service"},
             {"app.kubernetes.io/part-of", "shop"},
             {"app.kubernetes.io/version", "v1.0.0"},
             {"applyset.kubernetes.io/part-of", render::applyset_id("kforge.shop", "database", "Secret", "")},
             {"kforge.dev/environment", "staging"},
             {"kforge.dev/project", "shop"},
             {"kforge.dev/service", "order-service"},
             {"owner", "team-shop"},
             {"tier", "backend"}});
  CHECK_FALSE(labels_of(tests::find(rendered, "Service", "order-service")).contains("app.kubernetes.io/version"));
}

TEST_CASE("selectors are name and instance alone, and match the pods") {
  const auto rendered = tests::render_offline(tests::shop());
  for (const render::Object& object : rendered.objects) {
    const Json& pods = at_path(object.manifest, {"spec", "template", "metadata", "labels"});
    const Json& selector = at_path(object.manifest, {"spec", "selector", "matchLabels"});
    if (!pods.is_object() || !selector.is_object()) continue;
    CHECK(selector.size() == 2);
    for (const auto& [name, value] : selector.items()) CHECK(pods.value(name, "") == value);
  }
}

TEST_CASE("pods keep the tier label that `kubectl logs -l tier=backend` asks for") {
  const auto rendered = tests::render_offline(tests::shop());
  for (const char* service : {"order-service", "payment-service", "product-service"})
    CHECK(string_at(tests::find(rendered, "Deployment", service), {"spec", "template", "metadata", "labels", "tier"}) ==
          "backend");
}

TEST_CASE("a service's Service, budget and spreading select its own pods, the provisioning Job's stay apart") {
  const auto rendered = tests::render_offline(tests::shop());
  const Json wanted = {{"app.kubernetes.io/instance", "order-service"}, {"app.kubernetes.io/name", "order-service"}};
  CHECK(tests::find(rendered, "Service", "order-service")["spec"]["selector"] == wanted);
  CHECK(tests::find(rendered, "PodDisruptionBudget", "order-service")["spec"]["selector"]["matchLabels"] == wanted);
  const Json& pod = tests::find(rendered, "Deployment", "order-service")["spec"]["template"]["spec"];
  for (const Json& constraint : pod["topologySpreadConstraints"])
    CHECK(constraint["labelSelector"]["matchLabels"] == wanted);
  CHECK(tests::find(rendered, "Service", "postgres")["spec"]["selector"]["app.kubernetes.io/name"] == "postgres");
  CHECK(string_at(tests::find(rendered, "Job", "postgres-provision"),
                  {"spec", "template", "metadata", "labels", "app.kubernetes.io/name"}) == "postgres-provision");
}

TEST_CASE("labels of a service reach its pods and cannot replace a selector's") {
  project::Project project = tests::one_service();
  project.services[0].labels = {{"team", "catalog"}, {"app.kubernetes.io/name", "else"}};
  const auto rendered = tests::render_offline(project);
  const Json& deployment = tests::find(rendered, "Deployment", "product-service");
  CHECK(deployment["metadata"]["labels"]["team"] == "catalog");
  CHECK(deployment["spec"]["template"]["metadata"]["labels"]["team"] == "catalog");
  CHECK(deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] == "product-service");
}
