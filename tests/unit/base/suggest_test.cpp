// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("a typo finds its word") {
  const std::vector<std::string> keys{"replicas", "resources", "routes", "image", "port"};
  CHECK(nearest("replica", keys) == "replicas");
  CHECK(nearest("imgae", keys) == "image");
  CHECK(nearest("PORT", keys) == "port");
  CHECK(did_you_mean("resorces", keys) == "did you mean 'resources'?");
}

TEST_CASE("a word that is far from all gives no suggestion") {
  CHECK_FALSE(nearest("kubernetes", {"image", "port"}));
  CHECK(did_you_mean("xyz", {"image"}).empty());
  CHECK_FALSE(nearest("x", {}));
}

TEST_CASE("a prefix names a service when it is unique, and an exact name always wins") {
  const std::vector<std::string> services{"order", "order-service", "payment-service"};
  CHECK(matching_prefix("pay", services) == std::vector<std::string>{"payment-service"});
  CHECK(matching_prefix("order", services) == std::vector<std::string>{"order"});
  CHECK(matching_prefix("ord", services).size() == 2);
  CHECK(matching_prefix("", services).empty());
}
