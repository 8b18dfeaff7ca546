// SPDX-License-Identifier: Apache-2.0
// Values set in a text that people wrote: everything else stays as it is.
#include "yaml/edit.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

#include <random>

namespace kforge::yaml {
namespace {

std::string edited(const std::string& text, const std::vector<std::string>& path, const Json& value) {
  return with_value("kforge.yaml", text, path, value);
}

constexpr const char* shop =
    "# the shop\n"
    "project: shop   # a name\n"
    "\n"
    "services:\n"
    "  web:\n"
    "    image: \"web:v1\"  # pinned\n"
    "    # how many\n"
    "    replicas:   2\n"
    "    env:\n"
    "      A: 'it''s'\n"
    "  api: {image: api:v1, port: 8001, scale: {min: 2, max: 5}}\n";

TEST_CASE("a value is replaced where it stands, with comments, spacing and quotes left alone") {
  CHECK(edited(shop, {"services", "web", "replicas"}, 3) == replace_all(shop, "replicas:   2", "replicas:   3"));
  CHECK(edited(shop, {"services", "web", "image"}, "web:v2") == replace_all(shop, "\"web:v1\"", "\"web:v2\""));
  CHECK(edited(shop, {"services", "api", "scale", "max"}, 7) == replace_all(shop, "max: 5", "max: 7"));
  CHECK(edited(shop, {"services", "web", "env", "A"}, "b") == replace_all(shop, "'it''s'", "b"));
  CHECK(edited(shop, {"services", "api", "scale"}, {{"min", 3}, {"max", 5}}) == replace_all(shop, "min: 2", "min: 3"));
}

TEST_CASE("a value that is there already changes nothing") {
  CHECK(edited(shop, {"services", "web", "replicas"}, 2) == shop);
  CHECK(edited(shop, {"services", "web", "nothing"}, nullptr) == shop);
}

TEST_CASE("a new key stands beside its siblings, in their style") {
  CHECK(edited(shop, {"services", "api", "replicas"}, 3) == replace_all(shop, "max: 5}}", "max: 5}, replicas: 3}"));
  CHECK(edited(shop, {"services", "web", "port"}, 80) ==
        replace_all(shop, "    replicas:   2\n", "    replicas:   2\n    port: 80\n"));
  CHECK(edited(shop, {"environments", "prod", "services", "web", "replicas"}, 4) ==
        replace_all(shop, "# a name\n",
                    "# a name\nenvironments:\n  prod:\n    services:\n      web:\n        replicas: 4\n"));
  CHECK(edited("a:\n", {"a", "b", "c"}, 1) == "a: {b: {c: 1}}\n");
  CHECK(edited("a: ~ # soon\n", {"a"}, {{"max", 5}, {"cpu", 80}, {"min", 2}}) ==
        "a: {min: 2, max: 5, cpu: 80} # soon\n");
  CHECK(edited("a: {}\n", {"a", "b"}, 1) == "a: {b: 1}\n");
  CHECK(edited("", {"a", "b"}, 1) == "a:\n  b: 1\n");
  CHECK(edited("a: 1", {"b"}, "x") == "a: 1\nb: x\n");
}

TEST_CASE("a key goes with its line, or out of its braces") {
  CHECK(edited(shop, {"services", "web", "replicas"}, nullptr) == replace_all(shop, "    replicas:   2\n", ""));
  CHECK(edited(shop, {"services", "api", "port"}, nullptr) == replace_all(shop, "port: 8001, ", ""));
  CHECK(edited(shop, {"services", "api", "scale"}, nullptr) == replace_all(shop, ", scale: {min: 2, max: 5}", ""));
}

TEST_CASE("line ends and the byte order mark stay as they were") {
  CHECK(edited("\xef\xbb\xbf"
               "a: 1\r\nb: 2\r\n",
               {"c"}, 3) ==
        "\xef\xbb\xbf"
        "a: 1\r\nb: 2\r\nc: 3\r\n");
  CHECK(edited("a: 1\r\nb: 2\r\n", {"a"}, 3) == "a: 3\r\nb: 2\r\n");
}

TEST_CASE("a string that looks like something else is quoted") {
  CHECK(edited("a: x\n", {"a"}, "on") == "a: \"on\"\n");
  CHECK(edited("a: {b: x}\n", {"a", "b"}, "1,2") == "a: {b: \"1,2\"}\n");
}

TEST_CASE("what cannot be edited alone is refused, with its place") {
  const auto refusal = [](const std::string& text, const std::vector<std::string>& path) {
    try {
      const std::string result = edited(text, path, 3);
      FAIL("edited: " << result);
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::guard_refused);
      CHECK_FALSE(error.advice.empty());
      return error.place ? error.place->line : 0;
    }
    return 0;
  };
  CHECK(refusal("a: &x {n: 1}\nb: *x\n", {"b", "n"}) > 0);
  CHECK(refusal("a: |\n  text\n", {"a"}) == 1);
  CHECK(refusal("a: one\n  two\n", {"a"}) == 1);
  CHECK(refusal("a: [1]\n", {"a", "b"}) == 1);
}

// Documents as people write them: block and flow, quotes, comments, empty lines. The seed is fixed.
class RandomText {
 public:
  explicit RandomText(unsigned seed) : engine_(seed) {}
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }

  std::string block(int depth, std::size_t indent) {
    std::string text;
    const int count = 1 + below(4);
    for (int i = 0; i < count; ++i) {
      if (below(4) == 0) text += below(2) == 0 ? "\n" : std::string(indent, ' ') + "# remark\n";
      text += std::string(indent, ' ') + fmt::format("k{}:", i);
      if (depth > 0 && below(2) == 0)
        text += comment() + "\n" + block(depth - 1, indent + 2 + static_cast<std::size_t>(below(2)));
      else
        text += std::string(static_cast<std::size_t>(1 + below(3)), ' ') + (below(3) == 0 ? flow(depth) : scalar()) +
                comment() + "\n";
    }
    return text;
  }

  std::vector<std::string> path() {
    std::vector<std::string> keys;
    for (int length = 1 + below(3); length > 0; --length) keys.push_back(fmt::format("k{}", below(5)));
    return keys;
  }

  Json value() {
    static const std::vector<Json> values{0, 7, true, "v", "web:v2", "a b", "# no", "yes", "", "{x}", "it's", nullptr};
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

 private:
  std::string flow(int depth) {
    std::vector<std::string> parts;
    for (int i = below(4); i > 0; --i)
      parts.push_back(fmt::format("k{}: {}", i, depth > 0 && below(3) == 0 ? flow(depth - 1) : scalar()));
    return "{" + join(parts, below(2) == 0 ? ", " : ",  ") + "}";
  }
  std::string scalar() {
    static const std::vector<std::string> scalars{
        "1", "'it''s # x'", "\"a \\\" {b\"", "web:v1", "two words", "[1, 2]", "~", "on", "-x"};
    return scalars[static_cast<std::size_t>(below(static_cast<int>(scalars.size())))];
  }
  std::string comment() { return below(4) == 0 ? "  # note: {x" : ""; }

  std::mt19937 engine_;
};

Json with(Json document, const std::vector<std::string>& path, std::size_t at, const Json& value) {
  if (at == path.size()) return value;
  if (value.is_null() && !document.is_object()) return document;
  if (at + 1 == path.size() && value.is_null()) {
    document.erase(path[at]);
    return document;
  }
  const Json below = document.is_object() && document.contains(path[at]) ? document[path[at]] : Json();
  if (value.is_null() && below.is_null()) return document;
  document[path[at]] = with(below, path, at + 1, value);
  return document;
}

TEST_CASE("an edited document says the same but for the value, and only one line has changed") {
  int changed = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    RandomText random(seed);
    const std::string before = random.block(2, 0);
    const std::vector<std::string> path = random.path();
    const Json value = random.value();
    CAPTURE(seed, before, join(path, "."), value.dump());
    std::string after;
    try {
      after = edited(before, path, value);
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::guard_refused);
      continue;
    }
    CAPTURE(after);
    CHECK(to_json(parse("a", after)) == with(to_json(parse("a", before)), path, 0, value));
    const auto differs = std::ranges::mismatch(before, after);
    const std::string tail_before(differs.in1, before.end()), tail_after(differs.in2, after.end());
    const auto tail = std::mismatch(tail_before.rbegin(), tail_before.rend(), tail_after.rbegin(), tail_after.rend());
    const std::string lost(tail_before.begin(), tail.first.base());
    CHECK(std::ranges::count(lost, '\n') <= 1);
    changed += after != before ? 1 : 0;
  }
  CHECK(changed > 1000);
}

}  // namespace
}  // namespace kforge::yaml
