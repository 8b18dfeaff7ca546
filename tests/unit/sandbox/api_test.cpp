// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/unit/sandbox/world.hpp"

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;

TEST_CASE("applying a new object creates it with the server's metadata and defaults") {
  World world;
  const Outcome outcome = world.apply(deployment_target, deployment("orders:v1"));
  REQUIRE(outcome.code == 201);
  CHECK(int_at(outcome.body, {"metadata", "generation"}) == 1);
  CHECK_FALSE(string_at(outcome.body, {"metadata", "uid"}).empty());
  CHECK(string_at(outcome.body, {"spec", "strategy", "rollingUpdate", "maxSurge"}) == "25%");
  CHECK(string_at(outcome.body["spec"]["template"]["spec"]["containers"][0], {"imagePullPolicy"}) == "IfNotPresent");
  CHECK(string_at(outcome.body["metadata"]["managedFields"][0], {"manager"}) == "kforge");
}

TEST_CASE("applying the same again changes nothing, not even the version") {
  World world;
  const Outcome first = world.apply(deployment_target, deployment("orders:v1"));
  const Outcome second = world.apply(deployment_target, deployment("orders:v1"));
  CHECK(second.code == 200);
  CHECK(second.body["metadata"]["resourceVersion"] == first.body["metadata"]["resourceVersion"]);
}

TEST_CASE("a changed spec is a new generation, changed labels are not") {
  World world;
  world.apply(deployment_target, deployment("orders:v1"));
  CHECK(int_at(world.apply(deployment_target, deployment("orders:v2")).body, {"metadata", "generation"}) == 2);
  Json labelled = deployment("orders:v2");
  labelled["metadata"]["labels"] = {{"team", "shop"}};
  CHECK(int_at(world.apply(deployment_target, labelled).body, {"metadata", "generation"}) == 2);
}

TEST_CASE("a field of another manager is a conflict with its cause, and force takes it") {
  World world;
  world.apply(deployment_target, deployment("orders:v1", 2));
  const Outcome refused = world.apply(deployment_target, deployment("orders:v1", 5), "other");
  REQUIRE(refused.code == 409);
  CHECK(string_at(refused.body, {"reason"}) == "Conflict");
  CHECK(string_at(refused.body["details"]["causes"][0], {"field"}) == ".spec.replicas");
  CHECK(int_at(world.apply(deployment_target, deployment("orders:v1", 5), "other", true).body, {"spec", "replicas"}) ==
        5);
}

TEST_CASE("an unknown field is refused when validation is strict, and only warned of otherwise") {
  World world;
  Json wrong = config_map({{"k", "v"}});
  wrong["dataa"] = Json::object();
  wrong["metadata"]["namespace"] = "backend";
  const Outcome refused = world.apply(config_target, wrong);
  CHECK(refused.code == 500);  // a typed patch that cannot be made is the server's own failure
  CHECK(string_at(refused.body, {"message"}) ==
        "failed to create typed patch object (backend/config; /v1, Kind=ConfigMap): .dataa: field not declared in "
        "schema");
  WriteOptions strict;
  strict.field_validation = FieldValidation::strict;
  const Outcome created = world.api.create(world.caller, {"", "v1", "configmaps", "backend", "", ""}, wrong, strict);
  CHECK(created.code == 400);
  CHECK(string_at(created.body, {"message"}) ==
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dataa\"");
  const Outcome warned = world.create("", "v1", "configmaps", "backend", wrong);
  CHECK(warned.code == 201);
  CHECK(warned.warnings == std::vector<std::string>{"unknown field \"dataa\""});
}

TEST_CASE("an update with an old resourceVersion is refused in the server's words") {
  World world;
  Json first = world.apply(config_target, config_map({{"k", "1"}})).body;
  world.apply(config_target, config_map({{"k", "2"}}));
  first["data"]["k"] = "3";
  const Outcome outcome = world.api.update(world.caller, config_target, first, {});
  CHECK(outcome.code == 409);
  CHECK(string_at(outcome.body, {"message"}) ==
        "Operation cannot be fulfilled on configmaps \"config\": the object has been modified; please apply your "
        "changes to the latest version and try again");
}

TEST_CASE("an immutable ConfigMap keeps its data") {
  World world;
  Json fixed = config_map({{"k", "1"}});
  fixed["immutable"] = true;
  world.apply(config_target, fixed);
  fixed["data"]["k"] = "2";
  const Outcome outcome = world.apply(config_target, fixed);
  CHECK(outcome.code == 422);
  CHECK(string_at(outcome.body["details"]["causes"][0], {"field"}) == "data");
}

TEST_CASE("a dry run answers and stores nothing") {
  World world;
  WriteOptions options;
  options.dry_run = true;
  CHECK(
      world.api.patch(world.caller, config_target, PatchType::apply, to_text(config_map({{"k", "1"}})), options).code ==
      201);
  CHECK(world.api.get(config_target).code == 404);
}

TEST_CASE("what is not there, not served or without its namespace is 404") {
  World world;
  CHECK(string_at(world.api.get(config_target).body, {"message"}) == "configmaps \"config\" not found");
  CHECK(world.api.get({"example.com", "v1", "widgets", "backend", "w", ""}).code == 404);
  Target elsewhere = config_target;
  elsewhere.name_space = "nowhere";
  Json object = config_map({{"k", "1"}});
  const Outcome outcome = world.apply(elsewhere, object);
  CHECK(outcome.code == 404);
  CHECK(string_at(outcome.body, {"message"}) == "namespaces \"nowhere\" not found");
}

TEST_CASE("a pod that violates its namespace's pod security is forbidden") {
  World world;
  world.create(
      "", "v1", "namespaces", "",
      {{"metadata", {{"name", "strict"}, {"labels", {{"pod-security.kubernetes.io/enforce", "restricted"}}}}}});
  world.create("", "v1", "serviceaccounts", "strict", {{"metadata", {{"name", "default"}}}});
  const Outcome outcome =
      world.create("", "v1", "pods", "strict",
                   {{"metadata", {{"name", "p"}}}, {"spec", {{"containers", {{{"name", "app"}, {"image", "a:1"}}}}}}});
  CHECK(outcome.code == 403);
  CHECK(string_at(outcome.body, {"message"})
            .starts_with("pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": "
                         "allowPrivilegeEscalation != false (container \"app\" must set "));
}

TEST_CASE("a quota that is used up forbids the next pod with its numbers") {
  World world;
  world.create("", "v1", "resourcequotas", "backend",
               {{"metadata", {{"name", "compute"}}}, {"spec", {{"hard", {{"requests.cpu", "300m"}}}}}});
  const auto pod = [](const char* name) {
    return Json{
        {"metadata", {{"name", name}}},
        {"spec",
         {{"containers", {{{"name", "app"}, {"image", "a:1"}, {"resources", {{"requests", {{"cpu", "250m"}}}}}}}}}}};
  };
  CHECK(world.create("", "v1", "pods", "backend", pod("one")).code == 201);
  CHECK(string_at(world.create("", "v1", "pods", "backend", pod("two")).body, {"message"}) ==
        "pods \"two\" is forbidden: exceeded quota: compute, requested: requests.cpu=250m, used: requests.cpu=250m, "
        "limited: requests.cpu=300m");
}

TEST_CASE("lists select by label, and pages continue where they stopped") {
  World world;
  for (const char* name : {"a", "b", "c"}) {
    Json object = config_map({{"k", "v"}});
    object["metadata"] = {{"name", name}, {"labels", {{"tier", std::string(name) == "b" ? "x" : "y"}}}};
    world.create("", "v1", "configmaps", "backend", object);
  }
  const Target all{"", "v1", "configmaps", "backend", "", ""};
  CHECK(world.api.list(all, {"tier=y", ""}, 0, "").body["items"].size() == 2);
  CHECK(world.api.list(all, {"tier notin (x)", ""}, 0, "").body["items"].size() == 2);
  const Outcome page = world.api.list(all, {}, 2, "");
  REQUIRE(page.body["items"].size() == 2);
  const Outcome rest = world.api.list(all, {}, 2, string_at(page.body, {"metadata", "continue"}));
  REQUIRE(rest.body["items"].size() == 1);
  CHECK(string_at(rest.body["items"][0], {"metadata", "name"}) == "c");
}

TEST_CASE("deleting checks the UID, and finalizers hold an object until they are gone") {
  World world;
  Json object = config_map({{"k", "v"}});
  object["metadata"]["finalizers"] = {"example.com/hold"};
  world.create("", "v1", "configmaps", "backend", object);
  DeleteOptions wrong;
  wrong.uid = "another";
  CHECK(world.api.remove(world.caller, config_target, wrong).code == 409);
  CHECK(world.api.remove(world.caller, config_target, {}).code == 200);
  Json held = world.api.get(config_target).body;
  CHECK(held["metadata"].contains("deletionTimestamp"));
  held["metadata"].erase("finalizers");
  CHECK(world.api.update(world.caller, config_target, held, {}).code == 200);
  CHECK(world.api.get(config_target).code == 404);
}

TEST_CASE("the scale subresource writes replicas and nothing else") {
  World world;
  world.apply(deployment_target, deployment("orders:v1"));
  Target scale = deployment_target;
  scale.subresource = "scale";
  const Outcome outcome =
      world.api.patch({"admin", {}, "kubectl"}, scale, PatchType::merge, R"({"spec":{"replicas":4}})", {});
  CHECK(int_at(outcome.body, {"spec", "replicas"}) == 4);
  CHECK(int_at(world.api.get(deployment_target).body, {"spec", "replicas"}) == 4);
}

TEST_CASE("a Service gets an address of its own and keeps it") {
  World world;
  const Target target{"", "v1", "services", "backend", "orders", ""};
  const Json service{{"apiVersion", "v1"},
                     {"kind", "Service"},
                     {"metadata", {{"name", "orders"}}},
                     {"spec", {{"selector", {{"app", "orders"}}}, {"ports", {{{"port", 8001}}}}}}};
  const std::string address = string_at(world.apply(target, service).body, {"spec", "clusterIP"});
  CHECK(address.starts_with("10.96."));
  CHECK(string_at(world.apply(target, service).body, {"spec", "clusterIP"}) == address);
}

TEST_CASE("a stored definition of a custom resource is served at once") {
  World world;
  world.create(
      "apiextensions.k8s.io", "v1", "customresourcedefinitions", "",
      {{"metadata", {{"name", "widgets.example.com"}}},
       {"spec",
        {{"group", "example.com"},
         {"scope", "Namespaced"},
         {"names", {{"plural", "widgets"}, {"kind", "Widget"}}},
         {"versions",
          {{{"name", "v1"},
            {"served", true},
            {"storage", true},
            {"schema",
             {{"openAPIV3Schema", {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}}}}}}}}});
  CHECK(
      world.create("example.com", "v1", "widgets", "backend", {{"metadata", {{"name", "w"}}}, {"spec", {{"size", 3}}}})
          .code == 201);
  CHECK(int_at(world.api.get({"example.com", "v1", "widgets", "backend", "w", ""}).body, {"spec", "size"}) == 3);
}
