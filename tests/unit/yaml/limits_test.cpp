// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/unit/yaml/problems.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Nine anchors of nine aliases each: a billion nodes.
std::string billion_laughs() {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string alias = fmt::format("*a{}", i - 1);
    text += fmt::format("a{}: &a{} [{}{}]\n", i, i, repeated(alias + ", ", 8), alias);
  }
  return text;
}

TEST_CASE("aliases expand to a bounded number of nodes") {
  const Problems found = problems_of(billion_laughs());
  REQUIRE(found.size() == 1);
  CHECK(found.front().ends_with("aliases expand to more than 100000 nodes"));
}

TEST_CASE("aliases expand to a bounded number of bytes") {
  const std::string text = "a: &x " + std::string(1000, 'x') + "\nb: [" + repeated("*x, ", 50) + "]\n";
  CHECK(problems_of(text, {.bytes = 10'000}) == Problems{"1:4 aliases expand to more than 10000 bytes"});
}

TEST_CASE("depth is bounded in every notation") {
  for (const char* opening : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    INFO(opening);
    const Problems found = problems_of(repeated(opening, 100));
    REQUIRE(found.size() == 1);
    CHECK((found.front().ends_with("nested deeper than 64 levels") ||
           found.front().find("not valid YAML") != std::string::npos));
  }
  std::string indented;
  for (int i = 0; i < 100; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(problems_of(indented) == Problems{"65:65 nested deeper than 64 levels"});
  CHECK(problems_of(repeated("[", 64) + repeated("]", 64)).empty());
}

TEST_CASE("depth counts through aliases") {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) text += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  const Problems found = problems_of(text);
  REQUIRE(found.size() == 1);
  CHECK(found.front().ends_with("nested deeper than 64 levels"));
}

TEST_CASE("bytes, nodes and documents are bounded") {
  CHECK(problems_of("a: b\n", {.bytes = 4}) == Problems{"0:0 the file has 5 bytes, more than the 4 allowed"});
  CHECK(problems_of(repeated("- a\n", 20), {.nodes = 10}).front().ends_with("more than 10 nodes"));
  CHECK(problems_of("[" + repeated(",", 20), {.nodes = 10}) == Problems{"1:1 more than 10 lists, mappings and items"});
  CHECK(problems_of(repeated("---\na: b\n", 5), {.documents = 4}) == Problems{"9:1 more than 4 documents"});
}

TEST_CASE("the number of listed problems is bounded") {
  CHECK(problems_of(repeated("a: b\n", 1000)).size() == 50);
}

}  // namespace
}  // namespace kforge::tests
