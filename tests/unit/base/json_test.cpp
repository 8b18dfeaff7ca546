// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("reading a missing or oddly typed field gives the fallback") {
  const Json value = Json::parse(R"({"a": {"b": 3, "s": "x", "t": true, "big": 18446744073709551615}, "list": [1]})");
  CHECK(int_at(value, {"a", "b"}) == 3);
  CHECK(int_at(value, {"a", "s"}, 7) == 7);
  CHECK(int_at(value, {"a", "big"}, 7) == 7);
  CHECK(string_at(value, {"a", "s"}) == "x");
  CHECK(string_at(value, {"a", "b"}, "none") == "none");
  CHECK(bool_at(value, {"a", "t"}));
  CHECK(at_path(value, {"list", "0"}).is_null());
  CHECK(at_path(value, {"a", "missing", "deeper"}).is_null());
  CHECK(&at_path(value, {"a"}) == &value.at("a"));
}

TEST_CASE("invalid UTF-8 is written as a replacement character, never thrown on") {
  CHECK(to_text(Json{{"k", "\xff"}}) == "{\"k\":\"\xef\xbf\xbd\"}");
}
