// SPDX-License-Identifier: Apache-2.0
#include "deploy/compare.hpp"

#include "deploy/names.hpp"
#include "schema/field_set.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

namespace kforge::deploy {
namespace {

const schema::Kind& kind_of(const Json& object) {
  return *schema::Table::embedded().find(schema::kind_name(object));
}

bool holds_in(const Json& intent, const Json& live) {
  return holds(&kind_of(intent), intent, live);
}

Json order() {
  Json manifest = tests::deployment("backend", "order-service", "order:v1");
  manifest["spec"]["template"]["spec"]["containers"][0]["env"] = {{{"name", "A"}, {"value", "1"}},
                                                                  {{"name", "B"}, {"value", "2"}}};
  manifest["spec"]["template"]["spec"]["containers"][0]["ports"] = {{{"containerPort", 8000}}};
  manifest["spec"]["template"]["spec"]["containers"][0]["resources"] = {{"limits", {{"cpu", "1"}, {"memory", "1Gi"}}}};
  return manifest;
}

Json& container(Json& manifest) {
  return manifest["spec"]["template"]["spec"]["containers"][0];
}

// As a server stores an object that `manager` applied.
Json stored(Json manifest, const std::string& manager = field_manager) {
  const schema::FieldSet fields = schema::field_set_of(&kind_of(manifest), manifest);
  manifest["metadata"]["managedFields"] = {{{"manager", manager},
                                            {"operation", "Apply"},
                                            {"apiVersion", manifest["apiVersion"]},
                                            {"time", "2026-01-01T00:00:00Z"},
                                            {"fieldsV1", schema::to_fields_v1(fields)}}};
  manifest["metadata"]["resourceVersion"] = "7";
  return manifest;
}

}  // namespace

TEST_CASE("what the server adds is no difference") {
  Json live = order();
  live["metadata"]["uid"] = "1";
  live["spec"]["strategy"] = {{"type", "RollingUpdate"}};
  container(live)["terminationMessagePath"] = "/dev/termination-log";
  container(live)["ports"][0]["protocol"] = "TCP";
  live["status"] = {{"replicas", 2}};
  CHECK(holds_in(order(), live));
}

TEST_CASE("a value that differs or is missing is a difference") {
  Json live = order();
  container(live)["image"] = "order:v0";
  CHECK_FALSE(holds_in(order(), live));
  live = order();
  live["spec"].erase("progressDeadlineSeconds");
  CHECK_FALSE(holds_in(order(), live));
}

TEST_CASE("lists are aligned by their merge keys") {
  Json live = order();
  Json& env = container(live)["env"];
  env.push_back({{"name", "C"}, {"value", "3"}});
  SECTION("items of others are no difference") {
    CHECK(holds_in(order(), live));
  }
  SECTION("an item in another place is one, as the order of variables matters") {
    std::swap(env[0], env[1]);
    CHECK_FALSE(holds_in(order(), live));
  }
  SECTION("a key that the server defaults is the same key") {
    Json intent = order();
    container(live)["ports"] = {{{"containerPort", 8000}, {"protocol", "UDP"}},
                                {{"containerPort", 8000}, {"protocol", "TCP"}}};
    CHECK(holds_in(intent, live));
    container(intent)["ports"][0]["protocol"] = "SCTP";
    CHECK_FALSE(holds_in(intent, live));
  }
  SECTION("an atomic list has to be the same as a whole") {
    Json intent = order();
    container(intent)["args"] = {"serve"};
    container(live)["args"] = {"serve", "--verbose"};
    CHECK_FALSE(holds_in(intent, live));
    container(live)["args"] = {"serve"};
    CHECK(holds_in(intent, live));
  }
}

TEST_CASE("quantities are compared by value") {
  Json live = order();
  container(live)["resources"]["limits"] = {{"cpu", "1000m"}, {"memory", "1024Mi"}};
  CHECK(holds_in(order(), live));
  container(live)["resources"]["limits"]["cpu"] = "999m";
  CHECK_FALSE(holds_in(order(), live));
  Json intent = order();
  container(intent)["resources"]["limits"]["cpu"] = 1;
  container(live)["resources"]["limits"]["cpu"] = "1";
  CHECK(holds_in(intent, live));
}

TEST_CASE("data of a Secret is compared, and a changed value is seen") {
  const Json intent = {{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", {{"name", "db"}, {"namespace", "backend"}}},
                       {"data", {{"password", "YQ=="}}}};
  Json live = intent;
  CHECK(holds_in(intent, live));
  live["data"]["password"] = "Yg==";
  CHECK_FALSE(holds_in(intent, live));
}

TEST_CASE("a custom resource is compared without a schema, its lists as one value") {
  const Json intent = {{"apiVersion", "example.com/v1"},
                       {"kind", "Widget"},
                       {"metadata", {{"name", "w"}}},
                       {"spec", {{"parts", {1, 2}}}}};
  Json live = intent;
  live["spec"]["color"] = "blue";
  CHECK(holds(nullptr, intent, live));
  live["spec"]["parts"] = {1, 2, 3};
  CHECK_FALSE(holds(nullptr, intent, live));
}

TEST_CASE("an object is up to date only when kforge owns exactly the fields of the intent") {
  const Json intent = order();
  Json live = stored(order());
  CHECK(is_up_to_date(&kind_of(intent), intent, live, field_manager));
  SECTION("a field that the intent no longer has must go") {
    Json smaller = intent;
    container(smaller).erase("env");
    CHECK(holds_in(smaller, live));
    CHECK_FALSE(is_up_to_date(&kind_of(intent), smaller, live, field_manager));
  }
  SECTION("what somebody else applied is not ours") {
    live = stored(order(), "other");
    CHECK_FALSE(is_up_to_date(&kind_of(intent), intent, live, field_manager));
  }
  SECTION("what was applied in another version is asked about") {
    live["metadata"]["managedFields"][0]["apiVersion"] = "apps/v1beta1";
    CHECK_FALSE(is_up_to_date(&kind_of(intent), intent, live, field_manager));
  }
  SECTION("an update by the same name is no apply") {
    live["metadata"]["managedFields"][0]["operation"] = "Update";
    CHECK_FALSE(is_up_to_date(&kind_of(intent), intent, live, field_manager));
  }
}

TEST_CASE("a dry run is compared without versions, times and status") {
  const Json live = stored(order());
  Json outcome = live;
  outcome["metadata"]["resourceVersion"] = "8";
  outcome["metadata"]["generation"] = 3;
  outcome["metadata"]["managedFields"][0]["time"] = "2026-02-02T00:00:00Z";
  outcome["status"] = {{"replicas", 5}};
  CHECK(same_object(outcome, live));
  SECTION("a controller that writes status meanwhile changes nothing") {
    outcome["metadata"]["managedFields"].push_back(
        {{"manager", "kube-controller-manager"}, {"operation", "Update"}, {"subresource", "status"}});
    CHECK(same_object(outcome, live));
  }
  SECTION("other owners are another object") {
    outcome["metadata"]["managedFields"].push_back({{"manager", "kubectl"}, {"operation", "Update"}});
    CHECK_FALSE(same_object(outcome, live));
  }
  SECTION("so are other labels and other fields") {
    outcome["metadata"]["labels"]["a"] = "b";
    CHECK_FALSE(same_object(outcome, live));
    outcome = live;
    outcome["spec"]["paused"] = true;
    CHECK_FALSE(same_object(outcome, live));
    CHECK_FALSE(same_object(live, outcome));
  }
}

TEST_CASE("differences are named by their paths") {
  Json live = order();
  container(live)["image"] = "order:v0";
  container(live)["env"][1]["value"] = "x";
  container(live)["env"].erase(0);
  live["spec"].erase("progressDeadlineSeconds");
  const Json intent = order();
  CHECK(differences(&kind_of(intent), intent, live) ==
        std::vector<std::string>{"spec.progressDeadlineSeconds", "spec.template.spec.containers[app].env[A]",
                                 "spec.template.spec.containers[app].env[B].value",
                                 "spec.template.spec.containers[app].image"});
}

}  // namespace kforge::deploy
