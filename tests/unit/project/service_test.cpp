// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/unit/project/text.hpp"

namespace kforge::tests {
namespace {

using namespace project;
using namespace std::chrono_literals;

Service service_with(const std::string& keys) {
  return load(with_service_keys(keys)).services.at(0);
}

TEST_CASE("a service of image and port gets the defaults of production") {
  const Service service = load(small()).services.at(0);
  CHECK(service.name == "a");
  CHECK(service.image == "a:1");
  CHECK(service.port == 8000);
  CHECK(service.probes.startup == "/health?probe=startup");
  CHECK(service.probes.live == "/health?probe=live");
  CHECK(service.probes.ready == "/health?probe=ready");
  REQUIRE(service.scale);
  CHECK(service.scale->min == 2);
  CHECK(service.scale->max == 5);
  CHECK(service.scale->cpu == 80);
  CHECK(service.resources.requests.cpu == "250m");
  CHECK(service.resources.requests.memory == "256Mi");
  CHECK(service.resources.limits.cpu == "500m");
  CHECK(service.resources.limits.memory == "512Mi");
  CHECK(service.rollout.max_surge == "1");
  CHECK(service.rollout.max_unavailable == "0");
  CHECK(service.rollout.min_ready_seconds == 3);
  CHECK(service.rollout.deadline == 5min);
  CHECK(service.drain.sleep == 10s);
  CHECK(service.uid == 10001);
  CHECK(service.database.empty());
}

TEST_CASE("services are sorted by name") {
  const Project project = load(
      "apiVersion: kforge.dev/v1\nproject: p\nservices:\n  b: {image: b:1, port: 1025}\n  a: {image: a:1, port: "
      "1026}\n");
  REQUIRE(project.services.size() == 2);
  CHECK(project.services[0].name == "a");
  CHECK(project.find_service("b")->port == 1025);
  CHECK(project.find_service("c") == nullptr);
}

TEST_CASE("health is one path or one for each probe") {
  CHECK(service_with("health: /up?deep=1").probes.live == "/up?deep=1&probe=live");
  const Probes all = service_with("health: {startup: /s, live: /l, ready: /r}").probes;
  CHECK(all.startup == "/s");
  CHECK(all.live == "/l");
  CHECK(all.ready == "/r");
  const Probes some = service_with("health: {ready: /r}").probes;
  CHECK(some.startup == "/r?probe=startup");
  CHECK(some.live == "/r?probe=live");
  CHECK(some.ready == "/r");
}

TEST_CASE("one bound of the scale moves the default of the other") {
  CHECK(service_with("scale: {max: 1}").scale->min == 1);
  CHECK(service_with("scale: {max: 9}").scale->min == 2);
  CHECK(service_with("scale: {min: 8}").scale->max == 8);
  CHECK(service_with("scale: {cpu: 50}").scale->max == 5);
  const Service fixed = service_with("replicas: 0");
  CHECK_FALSE(fixed.scale);
  CHECK(fixed.replicas == 0);
}

TEST_CASE("routes are paths, or mappings with more") {
  const Service service = service_with(
      "routes: [/a, {path: /b, auth: none, rateLimit: {minute: 5}, methods: [GET, PUT], stripPath: true}]");
  REQUIRE(service.routes.size() == 2);
  CHECK(service.routes[0].path == "/a");
  CHECK(service.routes[0].auth == RouteAuth::none);
  CHECK(service.routes[0].methods.empty());
  CHECK_FALSE(service.routes[0].rate_limit_per_minute);
  CHECK(service.routes[1].path == "/b");
  CHECK(service.routes[1].rate_limit_per_minute == 5);
  CHECK(service.routes[1].methods == std::vector<std::string>{"GET", "PUT"});
  CHECK(service.routes[1].strip_path);
}

TEST_CASE("env values are the texts that stand in the file") {
  const Service service = service_with("env: {A: 1, B: 0440, C: true, D: 1.50, E: \"\", F: on, G: x y}");
  CHECK(service.env ==
        std::map<std::string, std::string>{
            {"A", "1"}, {"B", "0440"}, {"C", "true"}, {"D", "1.50"}, {"E", ""}, {"F", "on"}, {"G", "x y"}});
}

TEST_CASE("amounts are stored as an API server does, and a lowered limit lowers its request") {
  CHECK(service_with("resources: {requests: {cpu: 0.1, memory: 512Mi}, limits: {cpu: 1000m, memory: 1024Mi}}")
            .resources.limits.cpu == "1");
  CHECK(service_with("resources: {requests: {cpu: 0.1}}").resources.requests.cpu == "100m");
  CHECK(service_with("resources: {limits: {memory: 128Mi}}").resources.requests.memory == "128Mi");
  CHECK(service_with("resources: {limits: {cpu: none}}").resources.limits.cpu == "none");
  CHECK(service_with("resources: {limits: {cpu: none}}").resources.limits.memory == "512Mi");
}

TEST_CASE("defaults reach every service, and a service changes single values of them") {
  const Project project = load(
      "apiVersion: kforge.dev/v1\nproject: p\n"
      "defaults: {registry: r.example.com/shop, imagePullPolicy: Always, rollout: {minReadySeconds: 0, deadline: 90}, "
      "drain: {sleep: 5s}}\n"
      "services:\n  a: {image: a:1, port: 8000}\n  b: {image: q.io/b:1, port: 8001, rollout: {deadline: 2m}, "
      "imagePullPolicy: Never}\n");
  const Service& a = project.services[0];
  CHECK(a.image == "r.example.com/shop/a:1");
  CHECK(a.image_pull_policy == "Always");
  CHECK(a.rollout.deadline == 90s);
  CHECK(a.rollout.min_ready_seconds == 0);
  CHECK(a.drain.sleep == 5s);
  CHECK(a.drain.grace == 45s);
  const Service& b = project.services[1];
  CHECK(b.image == "q.io/b:1");
  CHECK(b.image_pull_policy == "Never");
  CHECK(b.rollout.deadline == 2min);
  CHECK(b.rollout.min_ready_seconds == 0);
}

TEST_CASE("what follows a bad rollout is said for the whole project, and may differ between environments") {
  using project::OnFailure;
  CHECK(load(small()).defaults.rollout.on_failure == OnFailure::keep);
  const std::string text = small(
      "defaults: {rollout: {onFailure: rollback}}\n"
      "environments: {laptop: {defaults: {rollout: {onFailure: keep}}}}\n");
  CHECK(load(text).defaults.rollout.on_failure == OnFailure::rollback);
  CHECK(load(text, {.environment_name = "laptop"}).defaults.rollout.on_failure == OnFailure::keep);
  CHECK(problems_of(small("defaults: {rollout: {onFailure: retry}}\n")).size() == 1);
}

TEST_CASE("the other keys of a service arrive where they belong") {
  const Service service = service_with(
      "command: [node, \"\"]\n    args: [\"${X}\"]\n    uid: 20000\n    writablePaths: [/app/cache]\n"
      "    labels: {team: 7}\n    annotations: {a/b: c}\n    uses: []");
  CHECK(service.command == std::vector<std::string>{"node", ""});
  CHECK(service.args == std::vector<std::string>{"${X}"});
  CHECK(service.uid == 20000);
  CHECK(service.writable_paths == std::vector<std::string>{"/app/cache"});
  CHECK(service.labels == std::map<std::string, std::string>{{"team", "7"}});
  CHECK(service.annotations == std::map<std::string, std::string>{{"a/b", "c"}});
}

}  // namespace
}  // namespace kforge::tests
