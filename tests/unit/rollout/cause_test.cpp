// SPDX-License-Identifier: Apache-2.0
#include "rollout/cause.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

#include <algorithm>
#include <cctype>
#include <set>

using namespace kforge;
using namespace kforge::rollout;

TEST_CASE("every cause has a code of its own that equals its number, and all its texts") {
  std::set<std::string_view> reasons;
  for (const Cause& row : causes()) {
    INFO(row.code);
    CHECK(row.code == "KF" + std::to_string(static_cast<int>(row.id)));
    CHECK(find_cause(row.code) == &row);
    CHECK(reasons.insert(row.reason).second);
    CHECK(std::isupper(row.reason.front()));
    CHECK(row.explanation.ends_with('.'));
    CHECK_FALSE(row.hint.ends_with('.'));
    CHECK_FALSE(row.title.empty());
  }
  CHECK(std::is_sorted(causes().begin(), causes().end(), [](const Cause& a, const Cause& b) { return a.id < b.id; }));
}

TEST_CASE("a cause is found by its code as people type it") {
  REQUIRE(find_cause("kf2003") != nullptr);
  CHECK(find_cause("2003")->reason == "ImageNotFound");
  CHECK(find_cause("KF9999") == nullptr);
  CHECK(find_cause("KF") == nullptr);
  CHECK(find_cause("KF2003x") == nullptr);
}

TEST_CASE("docs/causes.md is what the table says") {
  CHECK(tests::difference_from_file("docs/causes.md", causes_markdown()).empty());
}
