// SPDX-License-Identifier: Apache-2.0
// What a release consists of after verbs changed what it deployed.
#include "deploy/edited_release.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

namespace kforge::tests {
namespace {

using namespace nlohmann::literals;

// `order-service` with an autoscaler and `product-service` without, as they were released and as they run.
struct Released {
  project::Project project = Sample::project();
  render::Rendered content = Sample().render(Sample::local_values());
  Json order = manifest("Deployment", "order-service"), product = manifest("Deployment", "product-service"),
       scaler = manifest("HorizontalPodAutoscaler", "order-service");
  deploy::RunningService order_service, product_service;

  Released() {
    for (Json* live : {&order, &product, &scaler}) (*live)["metadata"]["uid"] = "u-1";
    order["spec"]["replicas"] = 3;  // the autoscaler's
    order_service = {.name = "order-service", .workload = &order, .autoscaler = &scaler};
    product_service = {.name = "product-service", .workload = &product};
  }
  Json manifest(const std::string& kind, const std::string& name) const { return in(content, kind, name); }
  static Json in(const render::Rendered& rendered, const std::string& kind, const std::string& name) {
    for (const render::Object& object : rendered.objects)
      if (object.manifest["kind"] == kind && object.manifest["metadata"]["name"] == name) return object.manifest;
    return {};
  }
};

}  // namespace

TEST_CASE("a release after set image has the new image and everything else as it was") {
  Released before;
  const render::Rendered after = deploy::edited(
      before.content, deploy::image_edits(before.project, before.product_service, "shop/product-service:v2"));
  Json expected = before.manifest("Deployment", "product-service");
  expected["/spec/template/spec/containers/0/image"_json_pointer] = "shop/product-service:v2";
  CHECK(Released::in(after, "Deployment", "product-service") == expected);
  CHECK(after.objects.size() == before.content.objects.size());
}

TEST_CASE("a release after scale has the number of pods, or the bounds of the autoscaler that owns them") {
  Released before;
  render::Rendered after =
      deploy::edited(before.content, deploy::scale_edits(before.project, before.product_service, 4));
  CHECK(Released::in(after, "Deployment", "product-service")["spec"]["replicas"] == 4);
  after = deploy::edited(after, deploy::scale_edits(before.project, before.order_service, 9));
  const Json scaler = Released::in(after, "HorizontalPodAutoscaler", "order-service")["spec"];
  CHECK(scaler["minReplicas"] == 9);
  CHECK(scaler["maxReplicas"] == 9);
  CHECK_FALSE(Released::in(after, "Deployment", "order-service")["spec"].contains("replicas"));
}

TEST_CASE("a restart and a pause leave nothing in a release") {
  Released before;
  deploy::Edits edits = deploy::restart_edits(before.product_service, WallTime{});
  edits.push_back(deploy::pause_edits(before.order_service, deploy::Pause::yes).front());
  const render::Rendered after = deploy::edited(before.content, edits);
  for (const std::string name : {"order-service", "product-service"})
    CHECK(Released::in(after, "Deployment", name) == before.manifest("Deployment", name));
}

TEST_CASE("stop and start change the number of pods only where the release says it") {
  Released before;
  deploy::Edits edits = deploy::stop_edits(before.project, before.product_service);
  edits.push_back(deploy::stop_edits(before.project, before.order_service).front());
  const render::Rendered after = deploy::edited(before.content, edits);
  Json expected = before.manifest("Deployment", "product-service");
  expected["spec"]["replicas"] = 0;
  CHECK(Released::in(after, "Deployment", "product-service") == expected);
  CHECK(Released::in(after, "Deployment", "order-service") == before.manifest("Deployment", "order-service"));
}

TEST_CASE("a new autoscaler is in the release and takes over the number of pods") {
  Released before;
  Json scaler = before.manifest("HorizontalPodAutoscaler", "order-service");
  scaler["metadata"]["name"] = scaler["spec"]["scaleTargetRef"]["name"] = "product-service";
  scaler["spec"]["metrics"] = {{{"type", "Resource"}, {"resource", {{"target", {{"averageUtilization", 80}}}}}}};
  const deploy::Edits edits = deploy::autoscale_edits(before.project, before.product_service, scaler);
  const render::Rendered after = deploy::edited(before.content, edits);
  CHECK(Released::in(after, "HorizontalPodAutoscaler", "product-service") == scaler);
  CHECK_FALSE(Released::in(after, "Deployment", "product-service")["spec"].contains("replicas"));
}

}  // namespace kforge::tests
