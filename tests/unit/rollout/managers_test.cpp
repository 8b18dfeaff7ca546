// SPDX-License-Identifier: Apache-2.0
#include "rollout/managers.hpp"

#include "tests/support/catch.hpp"

namespace kforge::rollout {
namespace {

Json entry(const std::string& manager, const std::string& time, Json fields, const std::string& subresource = {}) {
  Json made = {{"manager", manager}, {"operation", "Update"}, {"time", time}, {"fieldsV1", std::move(fields)}};
  if (!subresource.empty()) made["subresource"] = subresource;
  return made;
}

Json object(Json::array_t entries) {
  return {{"kind", "Deployment"}, {"metadata", {{"name", "web"}, {"managedFields", std::move(entries)}}}};
}

Json image_of(const std::string& container) {
  return {{"f:spec", {{"f:template", {{"f:" + container, {{"f:image", Json::object()}}}}}}}};
}

const Json ours = entry("kforge", "2026-11-01T10:00:00Z", image_of("web"));

}  // namespace

TEST_CASE("an object tells who changed what kforge asks for, the newest first") {
  const auto change = foreign_change(object({ours, entry("helm", "2026-11-01T11:00:00Z", image_of("other")),
                                             entry("kubectl-edit", "2026-11-01T12:00:00Z", image_of("sidecar"))}));
  REQUIRE(change);
  CHECK(change->manager == "kubectl-edit");
  CHECK(change->at == parse_rfc3339("2026-11-01T12:00:00Z"));
}

TEST_CASE("kubectl scale is a change by somebody else") {
  CHECK(foreign_change(object(
      {ours, entry("kubectl", "2026-11-01T12:00:00Z", {{"f:spec", {{"f:replicas", Json::object()}}}}, "scale")})));
}

TEST_CASE("no change by somebody else") {
  const std::string time = "2026-11-01T12:00:00Z";
  SECTION("is what kforge's own verbs set") {
    CHECK_FALSE(foreign_change(object({ours, entry("kforge-scale", time, image_of("b"))})));
  }
  SECTION("is what controllers set") {
    CHECK_FALSE(foreign_change(object({ours, entry("kube-controller-manager", time, image_of("b"))})));
  }
  SECTION("is a status") {
    CHECK_FALSE(foreign_change(object({ours, entry("agent", time, image_of("b"), "status")})));
  }
  SECTION("is a note in the metadata") {
    CHECK_FALSE(foreign_change(object({ours, entry("agent", time, {{"f:metadata", {{"f:labels", Json::object()}}}})})));
  }
  SECTION("is what kforge owns as well") {
    CHECK_FALSE(foreign_change(object({ours, entry("helm", time, image_of("web"))})));
  }
  SECTION("is in an object that is not kforge's") {
    CHECK_FALSE(foreign_change(object({entry("helm", time, image_of("b"))})));
  }
  SECTION("can be read from a damaged object") {
    CHECK_FALSE(foreign_change(Json()));
    CHECK_FALSE(foreign_change(object({ours, Json(7), entry("helm", time, "text")})));
  }
}

}  // namespace kforge::rollout
