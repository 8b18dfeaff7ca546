// SPDX-License-Identifier: Apache-2.0
#include "render/waivers.hpp"

#include "sample.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace kforge;

namespace {

std::string ignored_by_kube_score(const render::Rendered& rendered, const char* kind, const char* name) {
  return string_at(tests::find(rendered, kind, name), {"metadata", "annotations", "kube-score/ignore"});
}

}  // namespace

TEST_CASE("every waiver has a reason that checkov can read") {
  for (const render::Waiver& waiver : render::waivers()) {
    CHECK_FALSE(waiver.reason.empty());
    CHECK(waiver.reason.find('=') == waiver.reason.npos);
    CHECK_FALSE((waiver.kube_score.empty() && waiver.checkov.empty()));
  }
}

TEST_CASE("every waiver stands in the documentation with its reason") {
  const std::string page = tests::repository_file("docs/manifests.md");
  for (const render::Waiver& waiver : render::waivers()) {
    INFO(waiver.kube_score << " " << waiver.checkov);
    if (!waiver.kube_score.empty()) CHECK(contains(page, "`" + std::string(waiver.kube_score) + "`"));
    if (!waiver.checkov.empty()) CHECK(contains(page, "`" + std::string(waiver.checkov) + "`"));
    CHECK(contains(page, waiver.reason));
  }
}

TEST_CASE("waivers are given only where they apply") {
  project::Project project = tests::shop();
  const auto usual = tests::render_offline(project);
  CHECK(ignored_by_kube_score(usual, "Deployment", "order-service") == "container-image-pull-policy,pod-networkpolicy");
  CHECK(ignored_by_kube_score(usual, "Deployment", "kong") ==
        "container-image-pull-policy,container-security-context-user-group-id,pod-networkpolicy");
  CHECK(ignored_by_kube_score(usual, "HorizontalPodAutoscaler", "order-service").empty());
  project.defaults.uids = project::Uids::high;
  project.defaults.image_pull_policy = "Always";
  project.gateway->image = "kong@sha256:0123";
  project.gateway->replicas = 1;
  project.gateway->expose = project::Expose::node_port;
  project.services[0].scale = project::Scale{.min = 1, .max = 2, .cpu = 80};
  const auto strict = tests::render_offline(project);
  CHECK(ignored_by_kube_score(strict, "Deployment", "kong") == "pod-networkpolicy,deployment-replicas");
  CHECK_FALSE(contains(to_text(tests::find(strict, "Deployment", "kong")), "CKV_K8S_43"));
  CHECK(ignored_by_kube_score(strict, "Service", "kong-proxy") == "service-type");
  CHECK(ignored_by_kube_score(strict, "HorizontalPodAutoscaler", "order-service") ==
        "horizontalpodautoscaler-replicas");
}

TEST_CASE("waivers stay off the pods, so that none of them rolls a deployment") {
  const auto rendered = tests::render_offline(tests::shop());
  for (const render::Object& object : rendered.objects) {
    const Json& annotations = at_path(object.manifest, {"spec", "template", "metadata", "annotations"});
    if (!annotations.is_object()) continue;
    for (const auto& [name, value] : annotations.items()) {
      CHECK_FALSE(name.starts_with("checkov.io/"));
      CHECK_FALSE(name.starts_with("kube-score/"));
    }
  }
}
