// SPDX-License-Identifier: Apache-2.0
// What people see of the difference between two states of an object.
#include "deploy/difference.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

using namespace nlohmann::literals;

const schema::Kind& kind_of(const Json& object) {
  return *schema::Table::embedded().find(schema::kind_name(object));
}

std::vector<FieldChange> changes(const Json& before, const Json& after) {
  return field_changes(&kind_of(after), before, after);
}

std::vector<std::string> paths(const Json& before, const Json& after) {
  std::vector<std::string> found;
  for (const FieldChange& change : changes(before, after)) found.push_back(change.path);
  return found;
}

Json order() {
  Json manifest = tests::deployment("backend", "order-service", "order:v1");
  Json& container = manifest["spec"]["template"]["spec"]["containers"][0];
  container["name"] = "app";
  container["env"] = R"([{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])"_json;
  container["ports"] = R"([{"containerPort": 8000, "protocol": "TCP"}])"_json;
  return manifest;
}
Json& container(Json& manifest) {
  return manifest["spec"]["template"]["spec"]["containers"][0];
}
constexpr const char* in_app = "spec.template.spec.containers[app].";

}  // namespace

TEST_CASE("a field that differs is named by its path, list items by their merge keys") {
  Json after = order();
  container(after)["image"] = "order:v2";
  container(after)["env"][1]["value"] = "3";
  const std::vector<FieldChange> found = changes(order(), after);
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == std::string(in_app) + "env[B].value");
  CHECK(found[0].before == "2");
  CHECK(found[0].after == "3");
  CHECK(found[1].path == std::string(in_app) + "image");
}

TEST_CASE("a new list item is what it holds besides its keys") {
  Json after = order();
  container(after)["env"].insert(container(after)["env"].begin(), R"({"name": "NEW", "value": "x"})"_json);
  const std::vector<FieldChange> found = changes(order(), after);
  REQUIRE(found.size() == 1);  // the others only moved, they did not change
  CHECK(found[0].path == std::string(in_app) + "env[NEW].value");
  CHECK(found[0].before.is_null());
  CHECK(found[0].after == "x");
}

TEST_CASE("a new list item that holds nothing else is shown all the same") {
  Json after = order();
  after["spec"]["template"]["spec"]["volumes"] = R"([{"name": "tmp", "emptyDir": {}}])"_json;
  CHECK(paths(order(), after) == std::vector<std::string>{"spec.template.spec.volumes[tmp]"});
}

TEST_CASE("items with several keys show all of them") {
  Json after = order();
  container(after)["ports"].push_back(R"({"containerPort": 8000, "protocol": "UDP"})"_json);
  CHECK(paths(order(), after) == std::vector<std::string>{std::string(in_app) + "ports[8000,UDP]"});
}

TEST_CASE("a removed field has no value afterwards") {
  Json before = order();
  container(before)["env"].push_back(R"({"name": "OLD", "value": "x"})"_json);
  const std::vector<FieldChange> found = changes(before, order());
  REQUIRE(found.size() == 1);
  CHECK(found[0].before == "x");
  CHECK(found[0].after.is_null());
}

TEST_CASE("another order of what both have is a change of its own") {
  Json after = order();
  std::swap(container(after)["env"][0], container(after)["env"][1]);
  const std::vector<FieldChange> found = changes(order(), after);
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == std::string(in_app) + "env");
  CHECK(found[0].before == R"(["A", "B"])"_json);
  CHECK(found[0].after == R"(["B", "A"])"_json);
}

TEST_CASE("atomic lists of objects are compared by position, those of words as a whole") {
  Json before = order(), after = order();
  container(before)["envFrom"] = R"([{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "s"}}])"_json;
  container(after)["envFrom"] = R"([{"configMapRef": {"name": "b"}}, {"secretRef": {"name": "s"}}])"_json;
  container(before)["args"] = {"--x"};
  container(after)["args"] = {"--x", "--y"};
  const std::vector<FieldChange> found = changes(before, after);
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == std::string(in_app) + "args");
  CHECK(found[0].after == R"(["--x", "--y"])"_json);
  CHECK(found[1].path == std::string(in_app) + "envFrom[0].configMapRef.name");
}

TEST_CASE("equal quantities, status, bookkeeping and what controllers and kubectl note are no change") {
  Json before = order(), after = order();
  container(before)["resources"] = R"({"limits": {"cpu": "1000m", "memory": "1024Mi"}})"_json;
  container(after)["resources"] = R"({"limits": {"cpu": "1", "memory": "1Gi"}})"_json;
  before["metadata"].update(R"({"uid": "1", "resourceVersion": "7", "generation": 3, "managedFields": [{}]})"_json);
  before["metadata"]["annotations"] = {{"deployment.kubernetes.io/revision", "4"},
                                       {"kubectl.kubernetes.io/last-applied-configuration", "{}"}};
  before["status"] = {{"replicas", 2}};
  container(before)["securityContext"] = Json::object();
  CHECK(paths(before, after).empty());
}

TEST_CASE("keys with dots stand in brackets") {
  Json after = order();
  after["metadata"]["labels"]["app.kubernetes.io/version"] = "v2";
  CHECK(paths(order(), after) == std::vector<std::string>{"metadata.labels[app.kubernetes.io/version]"});
}

TEST_CASE("fields of a custom resource are compared as plain values") {
  const Json before =
      R"({"apiVersion": "x.test/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"n": 1, "list": ["a"]}})"_json;
  Json after = before;
  after["spec"]["n"] = 2;
  after["spec"]["list"] = {"b"};
  const std::vector<FieldChange> found = field_changes(nullptr, before, after);
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == "spec.list");
  CHECK(found[1].path == "spec.n");
}

TEST_CASE("an intent changes only its own fields") {
  Json live = order();
  live["spec"]["strategy"] = {{"type", "RollingUpdate"}};
  container(live)["env"].push_back(R"({"name": "THEIRS", "value": "x"})"_json);
  container(live)["image"] = "order:v0";
  const std::vector<FieldChange> found = intended_changes(&kind_of(live), live, order());
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == std::string(in_app) + "image");
}

TEST_CASE("the server's words for a field lead to its value and its holders") {
  const Json live = order();
  const schema::FieldSet fields = schema::field_set_of(&kind_of(live), live);
  const auto path = find_member(fields, ".spec.template.spec.containers[name=\"app\"].env[name=\"B\"].value");
  REQUIRE(path);
  CHECK(value_at(&kind_of(live), live, *path) == "2");
  CHECK(path_text(&kind_of(live), *path) == std::string(in_app) + "env[B].value");
  CHECK_FALSE(find_member(fields, ".spec.nothing"));
  const std::vector<schema::ManagedEntry> entries{{.manager = "old",
                                                   .operation = {},
                                                   .api_version = "apps/v1",
                                                   .subresource = "",
                                                   .time = "2026-01-01T00:00:00Z",
                                                   .fields = fields},
                                                  {.manager = "new",
                                                   .operation = {},
                                                   .api_version = "apps/v1",
                                                   .subresource = "",
                                                   .time = "2026-01-02T00:00:00Z",
                                                   .fields = fields},
                                                  {.manager = "kforge-scale",
                                                   .operation = {},
                                                   .api_version = "apps/v1",
                                                   .subresource = "",
                                                   .time = "2026-01-03T00:00:00Z",
                                                   .fields = fields}};
  const std::vector<Holder> holders = foreign_holders(entries, *path);
  REQUIRE(holders.size() == 2);
  CHECK(holders[0].manager == "new");
  CHECK(holders[1].manager == "old");
}

}  // namespace kforge::deploy
