// SPDX-License-Identifier: Apache-2.0
// kforge plan: what people and scripts get.
#include "base/text.hpp"
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
