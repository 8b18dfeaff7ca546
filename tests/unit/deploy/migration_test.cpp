// SPDX-License-Identifier: Apache-2.0
// Objects that came from `kubectl apply`, and objects that belong to nobody.
#include "deploy/migration.hpp"

#include "base/text.hpp"
#include "deploy/compare.hpp"
#include "deploy/difference.hpp"
#include "deploy/names.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace nlohmann::literals;

const schema::Kind& kind_of(const Json& object) {
  return *schema::Table::embedded().find(schema::kind_name(object));
}

Json entry(const std::string& manager, const std::string& operation, const std::string& time, const Json& fields) {
  return {{"manager", manager},       {"operation", operation}, {"apiVersion", "v1"},
          {"fieldsType", "FieldsV1"}, {"time", time},           {"fieldsV1", fields}};
}

// As kubectl's client-side apply leaves a ConfigMap.
Json from_kubectl() {
  Json object = config_map("backend", "settings");
  object["metadata"]["resourceVersion"] = "7";
  object["metadata"]["uid"] = "u1";
  object["data"] = {{"LOG_LEVEL", "info"}, {"OLD", "x"}};
  object["metadata"]["annotations"] = {{"kubectl.kubernetes.io/last-applied-configuration", "{}"}};
  const Json fields =
      R"({"f:metadata": {"f:annotations": {".": {}, "f:kubectl.kubernetes.io/last-applied-configuration": {}}},
                          "f:data": {".": {}, "f:LOG_LEVEL": {}, "f:OLD": {}}})"_json;
  object["metadata"]["managedFields"] = {entry("kubectl-client-side-apply", "Update", "2026-01-01T00:00:00Z", fields)};
  return object;
}

Json ours() {
  Json object = config_map("backend", "settings");
  object["data"] = {{"LOG_LEVEL", "debug"}};
  return object;
}

}  // namespace

TEST_CASE("what client-side apply owns becomes kforge's, the last writer's version first (csa-migration)") {
  const Json after = deploy::migrated(from_kubectl());
  const Json& entries = after.at("metadata").at("managedFields");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0]["manager"] == "kforge");
  CHECK(entries[0]["operation"] == "Apply");
  CHECK(entries[0]["fieldsV1"]["f:data"].contains("f:OLD"));
}

TEST_CASE("fields of several client-side appliers are united, other managers keep theirs") {
  Json live = from_kubectl();
  live["metadata"]["managedFields"].push_back(
      entry("kubectl-client-side-apply", "Update", "2026-01-02T00:00:00Z", R"({"f:data": {"f:NEW": {}}})"_json));
  live["metadata"]["managedFields"].push_back(
      entry("somebody", "Update", "2026-01-03T00:00:00Z", R"({"f:data": {"f:THEIRS": {}}})"_json));
  const Json entries = deploy::migrated(live).at("metadata").at("managedFields");
  REQUIRE(entries.size() == 2);
  CHECK(entries[0]["fieldsV1"]["f:data"].contains("f:OLD"));
  CHECK(entries[0]["fieldsV1"]["f:data"].contains("f:NEW"));
  CHECK(entries[1]["manager"] == "somebody");
}

TEST_CASE("once kforge has applied an object, kubectl is somebody else") {
  Json live = from_kubectl();
  live["metadata"]["managedFields"].push_back(
      entry("kforge", "Apply", "2026-01-02T00:00:00Z", R"({"f:data": {"f:LOG_LEVEL": {}}})"_json));
  CHECK(deploy::client_side_appliers(live).empty());
  CHECK(deploy::migrated(live) == live);
}

TEST_CASE("the change of owners is for one version of the object only") {
  const Json live = from_kubectl();
  const kube::ApiRequest request = deploy::migration_request(kind_of(live), live);
  CHECK(request.content_type == "application/json-patch+json");
  const Json patch = Json::parse(request.body);
  REQUIRE(patch.size() == 2);
  CHECK(patch[0]["path"] == "/metadata/managedFields");
  CHECK(patch[1] == R"({"op": "replace", "path": "/metadata/resourceVersion", "value": "7"})"_json);
}

TEST_CASE("a plan of a first contact shows the fields that will go") {
  const Json live = from_kubectl();
  Json answer = live;
  answer["data"]["LOG_LEVEL"] = "debug";
  const Json outcome = deploy::outcome_after_migration(&kind_of(live), live, ours(), answer);
  const std::vector<deploy::FieldChange> changes = deploy::field_changes(&kind_of(live), live, outcome);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].path == "data.LOG_LEVEL");
  CHECK(changes[1].path == "data.OLD");
  CHECK(changes[1].after.is_null());
}

TEST_CASE("an object that belongs to nobody is taken in only when somebody says so (adopt-policy)") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "backend"}}}});
  rig.cluster.put(service("backend", "product-service"));
  const int writes = rig.cluster.writes().total();
  const deploy::PlanResult plan = rig.plan();
  REQUIRE(plan.refusal);
  CHECK(plan.refusal->kind == ErrorKind::guard_refused);
  const Ended refused = rig.up();
  REQUIRE(refused.error);
  CHECK(refused.error->kind == ErrorKind::guard_refused);
  CHECK(std::string(refused.error->what()) == "Service backend/product-service exists already and belongs to nobody");
  CHECK(contains(refused.error->advice, "`kforge up --adopt`"));
  CHECK(rig.cluster.writes().total() == writes);

  deploy::UpRequest request;
  SECTION("by the flag") {
    request.adopt = true;
    REQUIRE_FALSE(rig.up(request).error);
    CHECK(string_at(*rig.cluster.find("Service", "backend", "product-service"),
                    {"metadata", "labels", "kforge.dev/project"}) == "shop");
  }
  SECTION("by a person who is asked") {
    std::string question;
    request.ask = [&](const std::string& text) {
      question = text;
      return true;
    };
    REQUIRE_FALSE(rig.up(request).error);
    CHECK(contains(question, "Service backend/product-service"));
  }
  SECTION("a person may say no") {
    request.ask = [](const std::string&) { return false; };
    CHECK(rig.up(request).error->kind == ErrorKind::guard_refused);
    CHECK(rig.cluster.writes().total() == writes);
  }
}

TEST_CASE("the flag does not take what belongs to another tool") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "backend"}}}});
  Json theirs = service("backend", "product-service");
  theirs["metadata"]["annotations"] = {{"meta.helm.sh/release-name", "legacy"}};
  rig.cluster.put(theirs);
  deploy::UpRequest request;
  request.adopt = true;
  const Ended run = rig.up(request);
  REQUIRE(run.error);
  CHECK(contains(run.error->cause, "Helm release 'legacy'"));
}

TEST_CASE("an object of the project whose labels somebody removed comes home without a question") {
  Rig rig;
  rig.up();
  rig.cluster.edit("Service", "backend", "product-service", [](Json& object) { object["metadata"].erase("labels"); });
  REQUIRE_FALSE(rig.up().error);
  CHECK(string_at(*rig.cluster.find("Service", "backend", "product-service"),
                  {"metadata", "labels", "kforge.dev/project"}) == "shop");
}

}  // namespace kforge::tests
