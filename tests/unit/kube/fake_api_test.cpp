// SPDX-License-Identifier: Apache-2.0
// The fake cluster itself, as other tests stand on it.
#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;

Json deployment(const std::string& image) {
  return {
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata", {{"name", "order"}, {"namespace", "backend"}}},
      {"spec", {{"replicas", 2}, {"template", {{"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}}}}}};
}

kube::ApiResult applied(ClusterClient& test, const Json& object, const kube::ApplyOptions& options = {}) {
  const schema::Kind& type = kind(string_at(object, {"apiVersion"}), string_at(object, {"kind"}));
  return test.client.call(kube::apply_request(type, object, options));
}

}  // namespace

TEST_CASE("applying creates, then updates, then changes nothing") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  CHECK(applied(test, deployment("shop:1")).status == 201);
  const kube::ApiResult updated = applied(test, deployment("shop:2"));
  CHECK(updated.status == 200);
  CHECK(int_at(updated.body, {"metadata", "generation"}) == 2);
  const std::string version = kube::resource_version_of(updated.body);
  CHECK(kube::resource_version_of(applied(test, deployment("shop:2")).body) == version);
  CHECK(test.cluster.writes().creates == 1);
  CHECK(test.cluster.writes().updates == 1);
  CHECK(test.cluster.writes().unchanged == 1);
}

TEST_CASE("a dry run answers like the write and changes nothing") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  CHECK(applied(test, deployment("shop:1"), {.dry_run = kube::DryRun::server}).status == 201);
  CHECK_FALSE(test.cluster.find("Deployment", "backend", "order").has_value());
  CHECK(test.cluster.writes().total() == 0);
  CHECK(test.cluster.writes().dry_runs == 1);
}

TEST_CASE("an apply records its fields in managedFields and removes what it no longer names") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  Json object = config_map("backend", "settings");
  object["data"]["gone"] = "soon";
  CHECK(applied(test, object).status == 201);
  object["data"].erase("gone");
  const Json live = applied(test, object).body;
  CHECK(live["data"] == Json{{"key", "1"}});
  const Json& entry = live["metadata"]["managedFields"].at(0);
  CHECK(string_at(entry, {"manager"}) == "kforge");
  CHECK(string_at(entry, {"operation"}) == "Apply");
  CHECK(schema::parse_fields_v1(entry["fieldsV1"]) == schema::field_set_of(&kind("v1", "ConfigMap"), object));
}

TEST_CASE("a field of another manager is a conflict, and force takes it") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  CHECK(applied(test, config_map("backend", "settings", "theirs"), {.field_manager = "helm"}).ok());
  const kube::ApiResult refused = applied(test, config_map("backend", "settings", "ours"));
  CHECK(refused.status == 409);
  const std::vector<kube::FieldConflict> conflicts = kube::conflicts_of(refused);
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].field == ".data.key");
  CHECK(conflicts[0].manager == "helm");
  const Json forced = applied(test, config_map("backend", "settings", "ours"), {.force = true}).body;
  CHECK(string_at(forced, {"data", "key"}) == "ours");
}

TEST_CASE("the same value of two managers is shared, not a conflict") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  CHECK(applied(test, config_map("backend", "settings"), {.field_manager = "helm"}).ok());
  const kube::ApiResult shared = applied(test, config_map("backend", "settings"));
  CHECK(shared.ok());
  CHECK(shared.body["metadata"]["managedFields"].size() == 2);
}

TEST_CASE("containers merge by name") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  CHECK(applied(test, deployment("shop:1")).ok());
  Json sidecar = deployment("x");
  sidecar["spec"] = {{"template", {{"spec", {{"containers", {{{"name", "proxy"}, {"image", "envoy:1"}}}}}}}}};
  const Json live = applied(test, sidecar, {.field_manager = "mesh"}).body;
  const Json& containers = at_path(live, {"spec", "template", "spec", "containers"});
  REQUIRE(containers.size() == 2);
  CHECK(string_at(containers[0], {"image"}) == "shop:1");
  CHECK(string_at(containers[1], {"image"}) == "envoy:1");
}

TEST_CASE("objects of a namespace that does not exist are not found") {
  ClusterClient test;
  const kube::ApiResult result = applied(test, config_map("nowhere", "settings"));
  CHECK(result.status == 404);
  REQUIRE(result.error);
  CHECK(whole(*result.error) == "cannot apply ConfigMap nowhere/settings\n  why:  namespaces \"nowhere\" not found");
}

TEST_CASE("deleting asks for the uid and takes what the object owns with it") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  test.cluster.put(config_map("backend", "owner"));
  const std::string uid = kube::uid_of(*test.cluster.find("ConfigMap", "backend", "owner"));
  Json owned = config_map("backend", "owned");
  owned["metadata"]["ownerReferences"] = {{{"uid", uid}, {"kind", "ConfigMap"}, {"name", "owner"}}};
  test.cluster.put(owned);
  const schema::Kind& type = kind("v1", "ConfigMap");
  const kube::ObjectRef ref{type.name, "backend", "owner"};
  CHECK(test.client.call(kube::delete_request(type, ref, "another-uid", kube::Propagation::background)).status == 409);
  CHECK(test.client.call(kube::delete_request(type, ref, uid, kube::Propagation::background)).ok());
  CHECK_FALSE(test.cluster.find("ConfigMap", "backend", "owned").has_value());
}

TEST_CASE("a namespace is Terminating first, then gone with its members") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  test.cluster.put(config_map("backend", "settings"));
  const schema::Kind& type = kind("v1", "Namespace");
  CHECK(
      test.client.call(kube::delete_request(type, {type.name, "", "backend"}, "", kube::Propagation::background)).ok());
  CHECK(string_at(*test.cluster.find("Namespace", "", "backend"), {"status", "phase"}) == "Terminating");
  test.run_for(1s);
  CHECK_FALSE(test.cluster.find("Namespace", "", "backend").has_value());
  CHECK_FALSE(test.cluster.find("ConfigMap", "backend", "settings").has_value());
}

TEST_CASE("a scripted controller makes a Deployment ready two seconds after it was applied") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  test.cluster.make_ready_after(2s);
  CHECK(applied(test, deployment("shop:1")).ok());
  test.run_for(1s);
  CHECK(int_at(*test.cluster.find("Deployment", "backend", "order"), {"status", "availableReplicas"}) == 0);
  test.run_for(2s);
  CHECK(int_at(*test.cluster.find("Deployment", "backend", "order"), {"status", "availableReplicas"}) == 2);
}

TEST_CASE("selectors of labels and fields choose objects") {
  const Json pod = {{"metadata", {{"name", "a"}, {"labels", {{"app", "shop"}, {"tier", "backend"}}}}},
                    {"status", {{"phase", "Running"}}}};
  CHECK(matches_labels(pod, "app=shop,tier in (backend,gateway),!missing,app!=other,tier"));
  CHECK_FALSE(matches_labels(pod, "tier notin (backend)"));
  CHECK_FALSE(matches_labels(pod, "app==blog"));
  CHECK(matches_fields(pod, "metadata.name=a,status.phase!=Failed"));
  CHECK_FALSE(matches_fields(pod, "metadata.name=b"));
}

TEST_CASE("faults by request number, refusals and denials come in a server's words") {
  ClusterClient test;
  test.cluster.put(namespace_object("backend"));
  test.cluster.fault(0, Reply::status_error(418, "", "teapot"));
  CHECK(test.client.call(get("/version")).status == 418);
  CHECK(test.client.call(get("/version")).ok());
  test.cluster.forbid("list", "secrets", "backend");
  const kube::ApiResult denied = test.client.call(kube::list_request(kind("v1", "Secret"), "backend", ""));
  CHECK(string_at(denied.body, {"message"}) ==
        "secrets is forbidden: User \"tester\" cannot list resource \"secrets\" in API group \"\" in the namespace "
        "\"backend\"");
}

TEST_CASE("a request that nothing answers fails the test") {
  ScriptedClient test;
  CHECK_THROWS_WITH(test.client.call(get("/nowhere")), "unexpected request: GET /nowhere ");
}

}  // namespace kforge::tests
