// SPDX-License-Identifier: Apache-2.0
// Commands that look: describe, events, top, and what a status shows beside the pods.
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/objects.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using tests::Reply;
using tests::World;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The small project, deployed, with one pod of order-service.
struct Deployed : World {
  Deployed() {
    write_project(tests::small_project);
    cluster.make_ready_after(2s);
    REQUIRE(run({"up"}) == 0);
    const Json live = *cluster.find("Deployment", "backend", "order-service");
    Json set = tests::replica_set(live, 1, 1);
    set["metadata"]["labels"]["kforge.dev/project"] = "shop";
    cluster.put(set);
    Json pod = tests::pod_of(*cluster.find("ReplicaSet", "backend", set["metadata"]["name"]));
    pod["metadata"]["labels"]["kforge.dev/project"] = "shop";
    pod["spec"]["containers"][0]["resources"] = {{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}}},
                                                 {"limits", {{"cpu", "500m"}, {"memory", "512Mi"}}}};
    pod_name = pod["metadata"]["name"];
    cluster.put(std::move(pod));
  }
  void serve_metrics() {
    cluster.always("GET", "/apis/metrics.k8s.io/*",
                   Reply::json(200, {{"kind", "PodMetricsList"},
                                     {"items",
                                      {{{"metadata", {{"name", pod_name}, {"namespace", "backend"}}},
                                        {"timestamp", tests::at_second(0)},
                                        {"containers", {{{"usage", {{"cpu", "178m"}, {"memory", "180Mi"}}}}}}}}}}));
  }
  void add_event(const std::string& name, const std::string& message, const std::string& type) {
    Json event = tests::event_about(tests::object("v1", "Pod", name), "BackOff", message);
    event["metadata"]["name"] = name + message.substr(0, 4);
    event["type"] = type;
    cluster.put(std::move(event));
  }
  std::string pod_name;
};

}  // namespace

TEST_CASE("top shows use beside requests, as text and JSON") {
  Deployed shop;
  shop.serve_metrics();
  CHECK(shop.run({"top"}) == 0);
  INFO(shop.out());
  CHECK(has(shop.out(), "178m"));
  CHECK(has(shop.out(), "71%"));
  CHECK(has(shop.out(), "250m/500m"));
  CHECK_FALSE(has(shop.out(), shop.pod_name));
  CHECK(shop.run({"top", "-v"}) == 0);
  CHECK(has(shop.out(), shop.pod_name));
  CHECK(shop.run({"top", "order-s", "-o", "json"}) == 0);
  REQUIRE(shop.out_json()["objects"].size() == 1);
  CHECK(shop.out_json()["objects"][0]["use"]["cpu"] == 0.178);
}

TEST_CASE("top without a metrics server says what is missing, and status works without it") {
  Deployed shop;
  CHECK(shop.run({"top"}) == 15);
  CHECK(has(shop.err(), "this cluster has no metrics server"));
  CHECK(has(shop.err(), "hint: install metrics-server"));
  CHECK(shop.run({"status"}) == 0);
  CHECK_FALSE(has(shop.out(), "CPU"));
  shop.serve_metrics();
  CHECK(shop.run({"status"}) == 0);
  CHECK(has(shop.out(), "71%/80%"));  // now, and what the autoscaler aims at
  CHECK(has(shop.out(), "180Mi"));
}

TEST_CASE("a metrics server that is down or forbidden is told apart from none") {
  Deployed shop;
  shop.cluster.always(
      "GET", "/apis/metrics.k8s.io/*",
      Reply::status_error(403, "Forbidden", "pods.metrics.k8s.io is forbidden: User \"x\" cannot list"));
  CHECK(shop.run({"top"}) == 15);
  CHECK(has(shop.err(), "may not list pods.metrics.k8s.io"));
  CHECK(shop.run({"status"}) == 0);
}

TEST_CASE("top --watch draws a trend and ends with Ctrl-C") {
  Deployed shop;
  int second = 0;
  shop.cluster.respond([&](const tests::Received& received) -> std::optional<Reply> {
    if (!received.request.path.starts_with("/apis/metrics.k8s.io/")) return std::nullopt;
    return Reply::json(200, {{"items",
                              {{{"metadata", {{"name", shop.pod_name}}},
                                {"timestamp", tests::at_second(++second)},
                                {"containers", {{{"usage", {{"cpu", "100m"}, {"memory", "1Mi"}}}}}}}}}});
  });
  shop.cluster.signal_after(12s);
  CHECK(shop.run({"top", "--watch"}) == 130);
  CHECK(has(shop.out(), "CPU TREND"));
  CHECK(has(shop.out(), "██"));
  CHECK(shop.run({"top", "--watch", "-o", "json"}) == 64);
}

TEST_CASE("describe puts one service on one page") {
  Deployed shop;
  CHECK(shop.run({"describe", "order-s"}) == 0);
  INFO(shop.out());
  for (const char* part :
       {"order-service  Deployment backend/order-service", "ready", "address", "container order-service",
        "GET :8001/health?probe=ready every 5s", "environment", "SERVICE_VERSION=v1.0.0", "pods", "events"})
    CHECK(has(shop.out(), part));
  CHECK(has(shop.out(), shop.pod_name));
  CHECK(shop.run({"describe", "order-s", "-o", "json"}) == 0);
  CHECK(shop.out_json()["containers"][0]["image"] == "order-service:v1.0.0");
  CHECK(shop.run({"describe", "order"}) == 15);  // ambiguous
  CHECK(has(shop.err(), "may be 'order-service' and 'order-worker'"));
  CHECK(shop.run({"describe", "order-servise"}) == 15);
  CHECK(has(shop.err(), "did you mean 'order-service'?"));
  CHECK(shop.run({"describe"}) == 64);
  shop.cluster.remove("Deployment", "backend", "product-service");
  CHECK(shop.run({"describe", "product"}) == 15);
  CHECK(has(shop.err(), "`kforge up product-service` deploys it"));
}

TEST_CASE("events are sorted, folded and filtered by service") {
  Deployed shop;
  CHECK(shop.run({"events"}) == 0);
  CHECK(shop.out().empty());
  CHECK(has(shop.err(), "no events"));
  shop.add_event("order-service-1", "Back-off restarting", "Warning");
  shop.add_event("order-service-2", "Back-off restarting", "Warning");
  shop.add_event("product-service-1", "Pulled", "Normal");
  CHECK(shop.run({"events"}) == 0);
  INFO(shop.out());
  CHECK(has(shop.out(), "order-service (2 pods)"));
  CHECK(has(shop.out(), "product-service-1"));
  CHECK(shop.run({"events", "--warnings"}) == 0);
  CHECK_FALSE(has(shop.out(), "product-service-1"));
  CHECK(shop.run({"events", "prod", "-o", "json"}) == 0);
  REQUIRE(shop.out_json()["events"].size() == 1);
  CHECK(shop.out_json()["events"][0]["service"] == "product-service");
}

TEST_CASE("events -f prints what happens until Ctrl-C, nothing twice") {
  Deployed shop;
  shop.add_event("order-service-1", "Back-off restarting", "Warning");
  shop.cluster.schedule(3s, [&] { shop.add_event("order-service-2", "Killing", "Normal"); });
  shop.cluster.signal_after(6s);
  CHECK(shop.run({"events", "-f"}) == 130);
  INFO(shop.out());
  CHECK(has(shop.out(), "order-service-1: Back-off restarting"));
  CHECK(has(shop.out(), "order-service-2: Killing"));
  CHECK(shop.out().find("Back-off") == shop.out().rfind("Back-off"));
  CHECK(shop.run({"events", "-f", "-o", "json"}) == 64);
}

TEST_CASE("an account that may not read events is told which right it lacks") {
  Deployed shop;
  shop.cluster.forbid("list", "events");
  CHECK(shop.run({"events"}) == 12);
  CHECK(has(shop.err(), "needs 'list' on events in namespace 'backend'"));
  CHECK(shop.run({"describe", "order-s"}) == 0);  // the page is worth something without them
}
