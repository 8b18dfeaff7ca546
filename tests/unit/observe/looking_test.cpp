// SPDX-License-Identifier: Apache-2.0
// Usage, companions, events, history and changes: what looking at a project is made of.
#include "observe/companions.hpp"
#include "observe/event_rows.hpp"
#include "observe/history.hpp"
#include "observe/service_view.hpp"
#include "observe/template_changes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/objects.hpp"

using namespace kforge;
using namespace kforge::observe;
using namespace kforge::tests;

namespace {

constexpr double mebi = 1024 * 1024;

Json metrics(const std::string& pod, const std::string& cpu, const std::string& memory, int second = 0) {
  return {{"items",
           {{{"metadata", {{"name", pod}}},
             {"timestamp", at_second(second)},
             {"containers", {{{"name", "app"}, {"usage", {{"cpu", cpu}, {"memory", memory}}}}}}}}}};
}

Json with_resources(Json pod, const Json& resources) {
  pod["spec"]["containers"][0]["resources"] = resources;
  return pod;
}

const Json guide_resources = {{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}}},
                              {"limits", {{"cpu", "500m"}, {"memory", "512Mi"}}}};

// The status of one Deployment with a pod that uses this much.
struct Measured {
  explicit Measured(Json pod, const std::string& cpu, const std::string& memory, int second = 0) {
    const Json live = deployment("orders", 1), set = replica_set(live, 1, 1);
    status = status_of({live, set, with_resources(std::move(pod), guide_resources)}, {}, *parse_rfc3339(at_second(60)),
                       Kinds::workloads);
    add_pod_metrics(usage, "backend", metrics("orders-1-0", cpu, memory, second));
    add_usage(status, usage);
  }
  static Json pod() { return pod_of(replica_set(deployment("orders", 1), 1, 1)); }
  ProjectStatus status;
  Usage usage;
};

Json event(const std::string& pod, const std::string& message, int second, int count = 1) {
  Json made = event_about(object("v1", "Pod", pod), "BackOff", message, second);
  made["metadata"]["uid"] = pod + message;
  made["type"] = "Warning";
  made["count"] = count;
  return made;
}

}  // namespace

TEST_CASE("requests and limits count containers that run together") {
  const Json spec = Json::parse(R"({
    "containers": [{"resources": {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}},
                   {"resources": {"requests": {"cpu": "50m"}}}],
    "initContainers": [{"resources": {"requests": {"cpu": "4"}}},
                       {"restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}}}]})");
  CHECK(requests_of(spec).cpu == Approx(0.4));
  CHECK(requests_of(spec).memory == Approx(256 * mebi));
  CHECK_FALSE(limits_of(spec).memory);  // a container without a limit may take everything
  CHECK_FALSE(limits_of(Json::object()).cpu);
  CHECK_FALSE(requests_of(Json("nonsense")).known());
}

TEST_CASE("a workload shows what its pods use, in every unit that metrics servers write") {
  const Measured measured(Measured::pod(), "123456789n", "20480Ki");
  const ObjectRow& row = measured.status.objects.at(0);
  CHECK(row.use().cpu == Approx(0.123456789));
  CHECK(row.use().memory == Approx(20 * mebi));
  CHECK(row.request().cpu == Approx(0.25));
  CHECK(row.limit().memory == Approx(512 * mebi));
}

TEST_CASE("autoscaler, budget and endpoints stand beside their workload") {
  Json hpa = autoscaler("orders");
  hpa["spec"]["metrics"] = Json::parse(
      R"([{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}])");
  hpa["status"] = Json::parse(R"({"currentReplicas": 3, "desiredReplicas": 4,
    "currentMetrics": [{"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":71}}}]})");
  Json budget = disruption_budget("orders");
  budget["status"]["disruptionsAllowed"] = 1;
  const Json live = deployment("orders"), front = service("orders", "orders");
  Json ready = endpoint_slice(front), unready = endpoint_slice(front, false);
  ready["endpoints"][0]["targetRef"] = {{"kind", "Pod"}, {"name", "orders-1-0"}};
  unready["endpoints"][0]["targetRef"] = {{"kind", "Pod"}, {"name", "orders-1-1"}};
  const std::vector<Json> objects{live, hpa, budget, front, ready, unready, deployment("others")};
  const Companions companions(objects);

  const auto scaling = companions.autoscaling_of(live);
  REQUIRE(scaling);
  CHECK(scaling->min == 2);
  CHECK(scaling->max == 5);
  CHECK(scaling->wanted == 4);
  CHECK(scaling->cpu == 71);
  CHECK(scaling->cpu_target == 80);
  CHECK(companions.budget_of(live)->allowed == 1);
  CHECK(companions.endpoints_of(live)->ready == 1);
  CHECK(companions.endpoints_of(live)->all == 2);

  CHECK_FALSE(companions.autoscaling_of(objects.back()));
  CHECK_FALSE(companions.budget_of(objects.back()));
  CHECK_FALSE(companions.endpoints_of(objects.back()));
}

TEST_CASE("what happens to every pod of a service is one row") {
  const auto rows = event_rows({event("orders-1-b", "Back-off restarting orders-1-b", 30, 2),
                                event("orders-1-a", "Back-off restarting orders-1-a", 10, 3),
                                event("accounts-1", "Back-off restarting accounts-1", 20), Json("no event")},
                               {"orders", "accounts"});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].service == "accounts");  // oldest first
  CHECK(rows[1].service == "orders");
  CHECK(rows[1].count == 5);
  CHECK(rows[1].objects.size() == 2);
  CHECK(rows[1].object.name == "orders-1-b");  // the latest speaks for all
  CHECK(format_rfc3339(*rows[1].first) == at_second(10));
  CHECK(format_rfc3339(*rows[1].last) == at_second(30));
}

TEST_CASE("objects belong to the service with the longest name that they begin with") {
  CHECK(service_of_name("order-service-worker-1", {"order-service", "order-service-worker"}) == "order-service-worker");
  CHECK(service_of_name("order-service", {"order-service"}) == "order-service");
  CHECK(service_of_name("order-services", {"order-service"}).empty());
  CHECK(service_of_name("", {"order-service"}).empty());
}

TEST_CASE("samples of the same time count once") {
  History history;
  for (const int second : {0, 0, 15}) {
    const Measured measured(Measured::pod(), "100m", "100Mi", second);
    history.add(measured.status, measured.usage);
  }
  CHECK(history.samples() == 2);
  CHECK(history.cpu_of(Measured(Measured::pod(), "1", "1").status.objects[0].object).size() == 2);
}

TEST_CASE("requests that are far too large or too small get advice, fitting ones none") {
  const auto advice_on = [](const std::string& cpu, const std::string& memory) {
    const Measured measured(Measured::pod(), cpu, memory);
    History history;
    history.add(measured.status, measured.usage);
    return history.advice(measured.status);
  };
  CHECK(advice_on("190m", "200Mi").empty());
  const auto small = advice_on("20m", "40Mi");
  REQUIRE(small.size() == 1);
  CHECK(small[0].cpu_request == "30m");
  CHECK(small[0].memory_request == "64Mi");
  const auto large = advice_on("400m", "300Mi");
  REQUIRE(large.size() == 1);
  CHECK(large[0].cpu_request == "520m");
  CHECK(large[0].memory_request == "384Mi");
  const auto full = advice_on("190m", "480Mi");
  REQUIRE(full.size() == 1);
  CHECK(full[0].memory_limit == "768Mi");
}

TEST_CASE("a service that was killed for its memory is never advised to take less") {
  Json pod = Measured::pod();
  pod["status"]["containerStatuses"][0]["restartCount"] = 1;
  pod["status"]["containerStatuses"][0]["lastState"] = {
      {"terminated", {{"reason", "OOMKilled"}, {"exitCode", 137}, {"finishedAt", at_second(5)}}}};
  const Measured measured(std::move(pod), "190m", "40Mi");
  History history;
  history.add(measured.status, measured.usage);
  const auto advice = history.advice(measured.status);
  REQUIRE(advice.size() == 1);
  CHECK(advice[0].memory_request.empty());
  CHECK(advice[0].memory_limit == "768Mi");
  CHECK(advice[0].reason == "out of memory at 512Mi");
}

TEST_CASE("a change of revision is told in the words people look for") {
  const Json before = Json::parse(R"({"spec": {"containers": [{"name": "app", "image": "r/orders:v1.0.0",
    "env": [{"name": "LEVEL", "value": "info"}, {"name": "OLD", "value": "1"}]}]}})");
  Json after = before;
  CHECK(template_change(before, after) == "the same");
  after["spec"]["containers"][0]["image"] = "r/orders:v1.1.0";
  after["spec"]["containers"][0]["env"] =
      Json::parse(R"([{"name": "LEVEL", "value": "debug"}, {"name": "NEW", "value": "1"}])");
  CHECK(template_change(before, after) == "image v1.0.0 -> v1.1.0, LEVEL changed, NEW added, OLD removed");
  after = before;
  after["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = "now";
  CHECK(template_change(before, after) == "restarted");
  after = before;
  after["spec"]["terminationGracePeriodSeconds"] = 5;
  CHECK(template_change(before, after) == "other fields");
}

TEST_CASE("the page of a service has its probes with what the node said, and no secret") {
  Json live = deployment("orders", 1);
  live["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = {
      {"httpGet", {{"port", 8001}, {"path", "/health"}}}};
  live["spec"]["template"]["spec"]["containers"][0]["env"] =
      Json::parse(R"([{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "orders-db", "key": "password"}}}])");
  const Json set = replica_set(live, 1, 1), pod = unready(pod_of(set));
  Json probe = event_about(pod, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", 9);
  const std::vector<Json> objects{live, set, pod, service("orders", "orders")};
  const ProjectStatus status = status_of(objects, {}, *parse_rfc3339(at_second(60)), Kinds::workloads);
  const ServiceView view =
      service_view(status.objects.at(0), objects, {probe, event_about(service("x", "x"), "Other", "o")});
  REQUIRE(view.containers.size() == 1);
  REQUIRE(view.containers[0].probes.size() == 1);
  const ProbeView& ready = view.containers[0].probes[0];
  CHECK(ready.name == "ready");
  CHECK(ready.check == "GET :8001/health every 10s, 3 failures in a row");
  CHECK(ready.result == "0 of 1 pod pass");
  CHECK_FALSE(ready.good);
  CHECK(ready.trouble == "Readiness probe failed: HTTP probe failed with statuscode: 503");
  CHECK(view.containers[0].environment[0].second == "(secret orders-db, key password)");
  CHECK(view.addresses.at(0).starts_with("orders.backend.svc.cluster.local:"));
  CHECK(view.events.size() == 1);
  CHECK(to_json(view)["containers"][0]["probes"][0]["good"] == false);
}
