// SPDX-License-Identifier: Apache-2.0
#include "observe/status.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/objects.hpp"

using namespace kforge;
using namespace kforge::tests;

namespace {

struct Cluster {
  FakeClock clock;
  FakeCluster api{clock};
  FakeProcesses processes;
  Environment environment;
  kube::Client client{api, clock, processes, api.access(), environment, false};
  project::Project project;

  Cluster() {
    project.name = "shop";
    project.services.resize(1);
    put(name_space("backend"));
    put(deployment("orders"));
  }
  void put(Json object) { api.put(labelled(std::move(object), "kforge.dev/project", "shop")); }
  std::vector<std::string> read() {
    std::vector<std::string> names;
    for (const Json& object : observe::read_project(client, project))
      names.push_back(string_at(object, {"kind"}) + " " + string_at(object, {"metadata", "name"}));
    std::sort(names.begin(), names.end());
    return names;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the objects of a project are read, and nobody else's") {
  Cluster cluster;
  cluster.put(service("orders", "orders"));
  cluster.put(object("v1", "Secret", "orders-db"));
  cluster.api.put(deployment("foreign"));
  CHECK(cluster.read() == Names{"Deployment orders", "Namespace backend", "Service orders"});
}

TEST_CASE("all requests are in flight together") {
  Cluster cluster;
  const auto start = cluster.clock.now();
  cluster.read();
  CHECK(cluster.clock.now() - start <= 2 * cluster.api.latency);
  CHECK(cluster.client.requests_sent() == 15);  // a LIST per kind, and the namespace
}

TEST_CASE("only namespaces of parts that the project has are read") {
  Cluster cluster;
  Json database = stateful_set("postgres");
  database["metadata"]["namespace"] = "database";
  cluster.put(database);
  CHECK(cluster.read() == Names{"Deployment orders", "Namespace backend"});
  cluster.project.database.emplace();
  CHECK(cluster.read() == Names{"Deployment orders", "Namespace backend", "StatefulSet postgres"});
}

TEST_CASE("an account without some rights still sees what runs") {
  Cluster cluster;
  cluster.api.forbid("list", "poddisruptionbudgets");
  cluster.api.forbid("list", "events");
  cluster.api.forbid("get", "namespaces");
  CHECK(cluster.read() == Names{"Deployment orders"});
}

TEST_CASE("an account that may not list what runs is told so") {
  Cluster cluster;
  cluster.api.forbid("list", "deployments");
  try {
    cluster.read();
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::forbidden);
  }
}

TEST_CASE("warnings about the project's pods are read with them") {
  Cluster cluster;
  cluster.api.put(event_about(deployment("orders"), "FailedCreate", "exceeded quota: compute"));
  cluster.api.put(event_about(deployment("orders"), "ScalingReplicaSet", "Scaled up"));
  CHECK(cluster.read() == Names{"Deployment orders", "Event orders.FailedCreate.1", "Namespace backend"});
}

TEST_CASE("kinds of the user's own manifests are read too, but never Secrets") {
  Cluster cluster;
  project::OwnManifest own;
  for (const Json& manifest : {object("networking.k8s.io/v1", "NetworkPolicy", "deny"), object("v1", "Secret", "mine"),
                               object("v1", "ConfigMap", "settings", "elsewhere")})
    own.objects.push_back(yaml::from_json(manifest));
  cluster.project.manifests.push_back(own);
  cluster.put(object("networking.k8s.io/v1", "NetworkPolicy", "deny"));
  cluster.put(object("v1", "Secret", "mine"));
  Json there = deployment("there");
  there["metadata"]["namespace"] = "elsewhere";
  cluster.put(there);
  CHECK(cluster.read() == Names{"Deployment orders", "Deployment there", "Namespace backend", "NetworkPolicy deny"});
}
