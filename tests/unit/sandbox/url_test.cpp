// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/url.hpp"

#include "tests/support/catch.hpp"

using namespace kforge::sandbox;

TEST_CASE("paths are decoded segment by segment") {
  CHECK(path_segments("/api/v1/namespaces/a%2Db/pods") ==
        std::vector<std::string>{"api", "v1", "namespaces", "a-b", "pods"});
  CHECK(path_segments("/") == std::vector<std::string>{});
  CHECK(path_segments("//api///v1/") == std::vector<std::string>{"api", "v1"});
}

TEST_CASE("path traversal and malformed escapes are refused") {
  for (const char* path :
       {"", "api", "/a/../b", "/a/%2e%2e/b", "/a/./b", "/a/b%2Fc", "/a/%zz", "/a/%", "/a/%4", "/a/%00"}) {
    CAPTURE(path);
    CHECK_FALSE(path_segments(path));
  }
}

TEST_CASE("query parameters keep their order and repeat") {
  const auto query = parse_query("command=sh&command=-c&command=echo+a%2Bb&stdin&bad=%zz&=x");
  REQUIRE(query.size() == 4);
  CHECK(query[2] == std::pair<std::string, std::string>{"command", "echo a+b"});
  CHECK(query[3] == std::pair<std::string, std::string>{"stdin", ""});
}
