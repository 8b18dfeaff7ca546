// SPDX-License-Identifier: Apache-2.0
#include "observe/status.hpp"

#include "observe/rows.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/objects.hpp"

using namespace kforge;
using namespace kforge::observe;
using namespace kforge::tests;

namespace {

ProjectStatus look(const std::vector<Json>& objects, Kinds kinds = Kinds::workloads, int seconds = 60) {
  return status_of(objects, Clock::time_point{}, *parse_rfc3339(at_second(seconds)), kinds);
}

std::vector<std::string> names_of(const ProjectStatus& status) {
  std::vector<std::string> names;
  for (const ObjectRow& row : status.objects) names.push_back(row.object.kind.kind + " " + row.object.name);
  return names;
}

using Names = std::vector<std::string>;

Json in_tier(Json object, std::string_view tier) {
  return labelled(std::move(object), "tier", tier);
}

Json of_image(Json workload, std::string_view image) {
  workload["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  return workload;
}

}  // namespace

TEST_CASE("rows come in tier order, unknown tiers after the known ones, and none last") {
  const auto status =
      look({in_tier(deployment("kong"), "gateway"), deployment("loose"), in_tier(deployment("grafana"), "monitoring"),
            in_tier(stateful_set("postgres"), "database"), in_tier(deployment("orders"), "backend"),
            in_tier(deployment("accounts"), "backend"), in_tier(deployment("keycloak"), "auth")});
  CHECK(names_of(status) == Names{"StatefulSet postgres", "Deployment keycloak", "Deployment accounts",
                                  "Deployment orders", "Deployment kong", "Deployment grafana", "Deployment loose"});
}

TEST_CASE("the tier of a workload may be on its pods alone") {
  Json live = deployment("orders");
  live["spec"]["template"]["metadata"]["labels"]["tier"] = "backend";
  CHECK(look({live}).objects[0].tier == "backend");
}

TEST_CASE("what a listed object controls is shown with it") {
  const Json live = deployment("orders"), set = replica_set(live, 1), pod = pod_of(set);
  const auto status = look({pod, set, live});
  CHECK(names_of(status) == Names{"Deployment orders"});
  REQUIRE(status.objects[0].pods.size() == 1);
  CHECK(status.objects[0].pods[0].name == "orders-1-0");
  CHECK(status.objects[0].pods[0].node == "node-1");
}

TEST_CASE("pods whose controller is not listed are shown on their own") {
  const Json set = replica_set(deployment("orders"), 1);
  const auto status = look({pod_of(set, 0), unready(pod_of(set, 1))});
  CHECK(names_of(status) == Names{"Pod orders-1-0", "Pod orders-1-1"});
  CHECK(status.objects[0].verdict.state == rollout::State::ready);
  CHECK(status.objects[1].verdict.state == rollout::State::waiting);
}

TEST_CASE("revisions that are only kept to roll back to are no objects of their own") {
  const Json live = deployment("orders");
  CHECK(look({replica_set(live, 1, 0)}).objects.empty());
  CHECK(look({replica_set(live, 1, 2)}).objects.size() == 1);
}

TEST_CASE("a namespace that is going away is shown among what runs") {
  const auto status = look({name_space("backend"), deleting(name_space("auth", "Terminating"))});
  CHECK(names_of(status) == Names{"Namespace auth"});
  CHECK(status.objects[0].tier == "namespaces");
  CHECK(status.objects[0].verdict.reason == "Terminating");
  CHECK(look({name_space("backend")}, Kinds::all).objects.size() == 1);
}

TEST_CASE("what has failed is shown, whatever its kind") {
  CHECK(names_of(look({deployment("orders"), service("orders", "ordres")})) ==
        Names{"Deployment orders", "Service orders"});
  CHECK(names_of(look({deployment("orders"), service("orders", "orders")})) == Names{"Deployment orders"});
}

TEST_CASE("an image is shown by its tag, or by the begin of its digest") {
  const auto tag = [](std::string_view image) { return image_tag_of(of_image(deployment("orders"), image)); };
  CHECK(tag("registry.example.com:5000/shop/orders:v1.1.0") == "v1.1.0");
  CHECK(tag("registry.example.com:5000/shop/orders") == "latest");
  CHECK(tag("orders:v2@sha256:0123456789abcdef0123456789abcdef") == "v2");
  CHECK(tag("orders@sha256:0123456789abcdef0123456789abcdef") == "sha256:0123456789ab");
  CHECK(image_tag_of(cron_job("report")) == "v1.1.0");
  CHECK(image_tag_of(bare_pod("tools")) == "v1.1.0");
}

TEST_CASE("the main container of a pod with sidecars is the annotated one") {
  Json live = of_image(deployment("orders"), "sidecar:v9");
  Json main = live["spec"]["template"]["spec"]["containers"][0];
  main["name"] = "main";
  main["image"] = "orders:v1";
  live["spec"]["template"]["spec"]["containers"].push_back(main);
  CHECK(image_tag_of(live) == "v9");
  live["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"] = "main";
  CHECK(image_tag_of(live) == "v1");
}

TEST_CASE("a service is called by its label, or by its own name") {
  CHECK(service_of(labelled(deployment("orders"), "kforge.dev/service", "order-service")) == "order-service");
  CHECK(service_of(labelled(deployment("orders"), "app.kubernetes.io/name", "shop-orders")) == "shop-orders");
  CHECK(service_of(object("v1", "ConfigMap", "settings")) == "settings");
}

TEST_CASE("an autoscaler gives its workload the range") {
  const auto status = look({deployment("orders"), deployment("other"), autoscaler("orders", 3, 9)});
  CHECK(status.objects[0].scale == "3-9");
  CHECK(status.objects[1].scale.empty());
}

TEST_CASE("a recent restart is noted with how long ago and why") {
  const Json live = deployment("orders", 1), set = replica_set(live, 1);
  Json pod = pod_of(set);
  pod["status"]["containerStatuses"][0]["restartCount"] = 1;
  pod["status"]["containerStatuses"][0]["lastState"] = {
      {"terminated", {{"reason", "OOMKilled"}, {"exitCode", 137}, {"finishedAt", at_second(0)}}}};
  CHECK(look({live, set, pod}, Kinds::workloads, 240).notes ==
        Names{"orders restarted 4m ago: out of memory at 512Mi (kforge logs orders --previous)"});
  CHECK(look({live, set, pod}, Kinds::workloads, 4000).notes.empty());
}

TEST_CASE("a failed object says itself why it restarted") {
  const Json live = rolling(deployment("orders", 1), 1, 0), set = replica_set(live, 1);
  const auto status = look({live, set, crashing(pod_of(set), 5)});
  CHECK(status.objects[0].verdict.state == rollout::State::failed);
  CHECK(status.objects[0].restarts == 5);
  CHECK(status.notes.empty());
}

TEST_CASE("warnings are noted although their objects are not shown") {
  const Json blind = with_condition(autoscaler("orders"), "ScalingActive", "False", "FailedGetResourceMetric");
  CHECK(look({deployment("orders"), blind}).notes ==
        Names{"HorizontalPodAutoscaler backend/orders: the autoscaler gets no metrics"});
}

TEST_CASE("a change by others is noted with who and when") {
  Json live = deployment("orders");
  live["metadata"]["managedFields"] = Json::array(
      {{{"manager", "kforge"}, {"time", at_second(0)}, {"fieldsV1", {{"f:spec", {{"f:template", Json::object()}}}}}},
       {{"manager", "kubectl-edit"},
        {"time", at_second(30)},
        {"fieldsV1", {{"f:spec", {{"f:paused", Json::object()}}}}}}});
  const ProjectStatus status = look({live}, Kinds::workloads, 90);
  CHECK(status.notes == Names{"Deployment backend/orders was changed by kubectl-edit 1m ago (kforge drift)"});
  CHECK(to_json(status)["objects"][0]["drift"] == Json{{"manager", "kubectl-edit"}, {"time", at_second(30)}});
}

TEST_CASE("the project is named when all objects agree on it") {
  const Json ours = labelled(deployment("orders"), "kforge.dev/project", "shop");
  CHECK(look({ours, deployment("other")}).project == "shop");
  CHECK(look({ours, labelled(deployment("other"), "kforge.dev/project", "blog")}).project.empty());
}

TEST_CASE("the status as JSON has the documented keys, and no empty ones") {
  const Json live = rolling(in_tier(deployment("orders", 1), "backend"), 1, 0), set = replica_set(live, 1);
  ProjectStatus status = look({live, set, crashing(pod_of(set), 5), autoscaler("orders")}, Kinds::all);
  status.context = "prod";
  const Json made = to_json(status);
  CHECK(made["context"] == "prod");
  REQUIRE(made["objects"].size() == 2);
  const Json& row = made["objects"][0];
  CHECK(row["kind"] == "Deployment");
  CHECK(row["apiVersion"] == "apps/v1");
  CHECK(row["namespace"] == "backend");
  CHECK(row["name"] == "orders");
  CHECK(row["tier"] == "backend");
  CHECK(row["service"] == "orders");
  CHECK(row["image"] == "v1.1.0");
  CHECK(row["scale"] == "2-5");
  CHECK(row["ready"] == 0);
  CHECK(row["wanted"] == 1);
  CHECK(row["restarts"] == 5);
  CHECK(row["verdict"] == "failed");
  CHECK(row["reason"] == "CrashLoop");
  CHECK(row["code"] == "KF2014");
  CHECK(row["warning"] == false);
  CHECK(row["created"] == origin);
  CHECK(row["pods"][0]["lastExit"] == "exit code 1");
  CHECK(row["pods"][0]["state"] == "CrashLoopBackOff");
  CHECK_FALSE(made["objects"][1].contains("pods"));
  CHECK_FALSE(made["objects"][1].contains("code"));
  CHECK(to_json(look({name_space("backend")}, Kinds::all))["objects"][0]["namespace"] == "");

  const std::string page = repository_file("docs/status-json.md");
  for (const auto* object : {&made, &row, &row["pods"][0]})
    for (const auto& [key, value] : object->items()) CHECK(page.find("`" + key + "`") != std::string::npos);
}

TEST_CASE("odd objects are shown as far as they can be read") {
  const auto status =
      look({Json::object(), Json(nullptr), Json{{"kind", "Deployment"}, {"apiVersion", "apps/v1"}, {"metadata", 7}}},
           Kinds::all);
  CHECK(status.objects.size() == 3);
}
