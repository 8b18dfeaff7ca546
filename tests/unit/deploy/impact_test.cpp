// SPDX-License-Identifier: Apache-2.0
// What a change asks of the cluster.
#include "deploy/impact.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

namespace kforge::deploy {
namespace {

using namespace nlohmann::literals;

Json workload(const std::string& kind, int replicas) {
  Json made = tests::deployment("backend", "order-service", "order:v1");
  made["kind"] = kind;
  made["spec"]["replicas"] = replicas;
  made["spec"]["template"]["spec"]["containers"] =
      R"([{"name": "app", "image": "order:v1", "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}}}])"_json;
  made["status"] = {{"replicas", replicas}};
  return made;
}

Json with_image(Json object, const std::string& image) {
  object["spec"]["template"]["spec"]["containers"][0]["image"] = image;
  return object;
}

}  // namespace

TEST_CASE("a new image restarts every pod and needs room for the surge") {
  Json live = workload("Deployment", 2);
  live["spec"]["strategy"] = R"({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})"_json;
  const Impact impact = impact_of(live, with_image(live, "order:v2"));
  CHECK(impact.restarts == 2);
  CHECK(impact_text(impact) == "restarts 2 pods, +250m CPU +256Mi while it rolls");
  CHECK(impact.images == std::vector<std::string>{"image v1 -> v2"});
}

TEST_CASE("a surge in percent is rounded up, and a quarter when nothing says otherwise") {
  Json live = workload("Deployment", 5);
  CHECK(impact_of(live, with_image(live, "order:v2")).surge.pods == 2);
  live["spec"]["strategy"] = R"({"rollingUpdate": {"maxSurge": "10%"}})"_json;
  CHECK(impact_of(live, with_image(live, "order:v2")).surge.pods == 1);
}

TEST_CASE("a rollout that stops everything first says so and needs no more room") {
  Json live = workload("Deployment", 2);
  live["spec"]["strategy"] = {{"type", "Recreate"}};
  const Impact impact = impact_of(live, with_image(live, "order:v2"));
  CHECK(impact.downtime);
  CHECK_FALSE(impact.surge.any());
  const Json single = workload("StatefulSet", 1);
  CHECK(impact_of(single, with_image(single, "order:v2")).downtime);
}

TEST_CASE("more replicas restart nothing and grow what is requested") {
  const Json live = workload("Deployment", 2);
  Json after = live;
  after["spec"]["replicas"] = 4;
  const Impact impact = impact_of(live, after);
  CHECK(impact.restarts == 0);
  CHECK(impact_text(impact) == "+500m CPU +512Mi");
  CHECK(impact_text(impact_of(after, live)) == "-500m CPU -512Mi");
}

TEST_CASE("a pod requests what its containers do together, or its largest init container; limits stand in") {
  const Demand demand = pod_demand(R"({
    "initContainers": [{"resources": {"requests": {"cpu": "2"}}},
                       {"restartPolicy": "Always", "resources": {"requests": {"memory": "64Mi"}}}],
    "containers": [{"resources": {"requests": {"cpu": "250m"}, "limits": {"cpu": "1", "memory": "64Mi"}}}, {}]})"_json);
  CHECK(demand == Demand{.pods = 1, .milli_cpu = 2000, .memory = 128 << 20});
}

TEST_CASE("a quota with too little room is told, one that fits or counts other pods is not") {
  const Json quota = R"({"spec": {}, "status": {"hard": {"requests.cpu": "2", "memory": "4Gi", "pods": "10"},
                                                "used": {"requests.cpu": "1800m", "memory": "1Gi", "pods": "10"}}})"_json;
  CHECK(shortfalls(quota, {.pods = 1, .milli_cpu = 250, .memory = 256 << 20}) ==
        std::vector<std::string>{"requests.cpu: 200m left, 250m needed", "pods: 0 left, 1 needed"});
  CHECK(shortfalls(quota, {.pods = 0, .milli_cpu = 200, .memory = 0}).empty());
  Json scoped = quota;
  scoped["spec"]["scopes"] = {"BestEffort"};
  CHECK(shortfalls(scoped, {.pods = 1, .milli_cpu = 250, .memory = 0}).empty());
}

}  // namespace kforge::deploy
