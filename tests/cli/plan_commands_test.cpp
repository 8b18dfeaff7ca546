// SPDX-License-Identifier: Apache-2.0
// kforge plan: what people and scripts get.
#include "base/text.hpp"
#include "kube/object.hpp"
#include "tests/cli/world.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using tests::World;

namespace {

struct Shop : World {
  Shop() {
    write_project(tests::small_project);
    cluster.make_ready_after(2s);
  }
  void deployed() { REQUIRE(run({"up"}) == 0); }
  void change(std::string_view from, std::string_view to) {
    write_project(replace_all(std::string(tests::small_project), from, to));
  }
};

}  // namespace

TEST_CASE("plan writes nothing, prints to stdout, and exits with 0 whatever it finds") {
  Shop shop;
  CHECK(shop.run({"plan"}) == 0);
  INFO(shop.err());
  CHECK(contains(shop.out(), "shop → prod as deployer, plan\n"));
  CHECK(contains(shop.out(), "+ Deployment backend/order-service"));
  CHECK(contains(shop.out(), " to create, 0 to delete, 0 unchanged\n"));
  CHECK(shop.err().empty());
  CHECK(shop.cluster.writes().total() == 0);
}

TEST_CASE("plan --exit-code tells changes from none (diff-exit-codes)") {
  Shop shop;
  CHECK(shop.run({"plan", "--exit-code"}) == 2);
  shop.deployed();
  CHECK(shop.run({"plan", "--exit-code"}) == 0);
  CHECK(contains(shop.out(), "0 to update, 0 to create, 0 to delete, "));
  shop.change("order-service:v1.0.0", "order-service:v1.1.0");
  CHECK(shop.run({"diff", "--exit-code"}) == 2);
  CHECK(contains(shop.out(), ".image   v1.0.0 → v1.1.0\n"));
  shop.cluster.forbid("list", "deployments");
  CHECK(shop.run({"plan", "--exit-code"}) == 12);
}

TEST_CASE("plan of one service leaves the others out") {
  Shop shop;
  shop.deployed();
  shop.change("v1.0.0", "v1.1.0");
  CHECK(shop.run({"plan", "product"}) == 0);
  CHECK(contains(shop.out(), "Deployment backend/product-service"));
  CHECK_FALSE(contains(shop.out(), "Deployment backend/order-service"));
  CHECK(shop.run({"plan", "order"}) == 15);
}

TEST_CASE("plan -o json is one document, also when up would refuse") {
  Shop shop;
  shop.deployed();
  CHECK(shop.run({"plan", "-o", "json"}) == 0);
  CHECK(shop.out_json()["changes"] == false);
  CHECK(shop.out_json()["exitCode"] == 0);
  CHECK(shop.out_json()["error"].is_null());

  shop.change("order-service:v1.0.0", "order-service:v1.1.0");
  shop.cluster.refuse("Deployment", "order-service",
                      tests::Reply::status_error(422, "Invalid", "spec.template: Invalid value"));
  CHECK(shop.run({"plan", "-o", "json"}) == 14);
  CHECK(shop.out_json()["exitCode"] == 14);
  CHECK(shop.out_json()["error"]["kind"] == "rejected");
  CHECK_FALSE(shop.out_json()["objects"].empty());
  CHECK(contains(shop.err(), "the API server refuses Deployment backend/order-service"));
}

TEST_CASE("plan that cannot be made says why, in JSON too") {
  Shop shop;
  shop.cluster.forbid("list", "deployments");
  CHECK(shop.run({"plan", "-o", "json"}) == 12);
  CHECK(shop.out_json()["error"]["kind"] == "forbidden");
}

namespace {

Json kube_system() {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "kube-system"}}}};
}

}  // namespace

TEST_CASE("an environment stays with its cluster until somebody says that it has moved") {
  Shop shop;
  shop.cluster.put(kube_system());
  shop.deployed();
  shop.cluster.remove("Namespace", "", "kube-system");
  shop.cluster.put(kube_system());  // another cluster under the same context
  const int writes = shop.cluster.writes().total();
  for (const auto& command : std::vector<std::vector<std::string>>{{"up"}, {"plan"}, {"down", "--yes"}}) {
    INFO(command.front());
    CHECK(shop.run(command) == 40);
    CHECK(contains(shop.err(), "belongs to another cluster than that of context 'prod'"));
    CHECK(contains(shop.err(), "--new-cluster"));
  }
  CHECK(shop.cluster.writes().total() == writes);
  CHECK(shop.run({"up", "--new-cluster"}) == 0);
  CHECK(shop.run({"up"}) == 0);
}

TEST_CASE("--cluster-uid binds a command to one cluster") {
  Shop shop;
  shop.cluster.put(kube_system());
  const std::string uid = kube::uid_of(*shop.cluster.find("Namespace", "", "kube-system"));
  CHECK(shop.run({"up", "--cluster-uid", "another"}) == 40);
  CHECK(contains(shop.err(), uid));  // what to write there
  CHECK(shop.cluster.writes().total() == 0);
  CHECK(shop.run({"up", "--cluster-uid", uid}) == 0);
  shop.cluster.forbid("get", "namespaces");
  CHECK(shop.run({"plan", "--cluster-uid", uid}) == 12);
}

TEST_CASE("up --plan does what plan --out saved, and refuses when the world has moved") {
  Shop shop;
  shop.deployed();
  shop.change("order-service:v1.0.0", "order-service:v1.1.0");
  CHECK(shop.run({"plan", "--out", "approved.json"}) == 0);
  CHECK(shop.run({"up", "product", "--plan", "approved.json"}) == 64);
  CHECK(shop.run({"up", "--plan", "nothing.json"}) == 64);
  shop.cluster.edit("Deployment", "backend", "order-service",
                    [](Json& object) { object["spec"]["revisionHistoryLimit"] = 3; });
  const int writes = shop.cluster.writes().total();
  CHECK(shop.run({"up", "--plan", "approved.json"}) == 31);
  CHECK(contains(shop.err(), "the saved plan is stale"));
  CHECK(shop.cluster.writes().total() == writes);
  CHECK(shop.run({"plan", "--out", "approved.json"}) == 0);
  CHECK(shop.run({"up", "--plan", "approved.json"}) == 0);
}

TEST_CASE("drift exits with 2 when somebody changed something, and writes nothing") {
  Shop shop;
  shop.deployed();
  CHECK(shop.run({"drift"}) == 0);
  shop.cluster.remove("Service", "backend", "order-service");
  const int writes = shop.cluster.writes().total();
  CHECK(shop.run({"drift"}) == 2);
  CHECK(contains(shop.out(), "Service backend/order-service"));
  CHECK(contains(shop.out(), "1 object is missing"));
  CHECK(shop.run({"drift", "product-service"}) == 0);
  CHECK(shop.cluster.writes().total() == writes);
}

TEST_CASE("--prune needs a name and the whole project") {
  Shop shop;
  CHECK(shop.run({"up", "--prune", "postgres"}) == 64);
  CHECK(shop.run({"up", "order-service", "--prune", "StatefulSet/postgres"}) == 64);
  CHECK(shop.run({"up", "--prune", "StatefulSet/postgres"}) == 15);
}
