// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

namespace kforge::yaml {
namespace {

Json value_of(const std::string& text) {
  return to_json(parse("f.yaml", text));
}

TEST_CASE("plain scalars have the types of the YAML 1.2 core schema") {
  struct Row {
    const char* text;
    Type type;
    Json value;
  };
  const std::vector<Row> rows{
      {"null", Type::null, nullptr},
      {"~", Type::null, nullptr},
      {"", Type::null, nullptr},
      {"Null", Type::null, nullptr},
      {"true", Type::boolean, true},
      {"FALSE", Type::boolean, false},
      {"tRue", Type::string, "tRue"},
      {"on", Type::string, "on"},
      {"yes", Type::string, "yes"},
      {"n", Type::string, "n"},
      {"0", Type::integer, 0},
      {"-12", Type::integer, -12},
      {"+12", Type::integer, 12},
      {"0440", Type::integer, 440},
      {"0o440", Type::integer, 288},
      {"0x1F", Type::integer, 31},
      {"0b11", Type::string, "0b11"},
      {"17:30", Type::string, "17:30"},
      {"1_000", Type::string, "1_000"},
      {"1.5", Type::number, 1.5},
      {"-1e3", Type::number, -1000.0},
      {".5", Type::number, 0.5},
      {"1.", Type::number, 1.0},
      {"+1.5", Type::number, 1.5},
      {".", Type::string, "."},
      {"1.2.3", Type::string, "1.2.3"},
      {"+", Type::string, "+"},
      {"1e", Type::string, "1e"},
      {"0x", Type::string, "0x"},
      {"250m", Type::string, "250m"},
      {"2001-12-14", Type::string, "2001-12-14"},
      {"9223372036854775807", Type::integer, 9223372036854775807},
      {"18446744073709551615", Type::integer, 18446744073709551615U},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Node node = parse("f.yaml", "key: " + std::string(row.text) + "\n");
    CHECK(node.find("key")->type == row.type);
    CHECK(to_json(*node.find("key")) == row.value);
  }
}

TEST_CASE("quoted scalars are strings whatever they spell") {
  CHECK(value_of(R"(["1", 'true', "null", '', "1.5"])") == Json({"1", "true", "null", "", "1.5"}));
  CHECK(parse("f.yaml", "'1'").quoted);
  CHECK(parse("f.yaml", "|\n  1\n").type == Type::string);
}

TEST_CASE("tags of the core schema decide the type") {
  CHECK(value_of("[!!str 5, !!int 0x10, !!float 1, !!bool true, !!null '', ! 7]") ==
        Json({"5", 16, 1.0, true, nullptr, "7"}));
  CHECK(value_of("!!map {a: !!seq [b]}") == Json({{"a", {"b"}}}));
}

TEST_CASE("mappings keep the order of the file") {
  const Node node = parse("f.yaml", "b: 1\na: 2\nc:\n  d: 3\n");
  REQUIRE(node.entries.size() == 3);
  CHECK(node.entries[0].key.scalar == "b");
  CHECK(node.entries[1].key.scalar == "a");
  CHECK(node.find("c")->find("d")->scalar == "3");
  CHECK(node.find("x") == nullptr);
  CHECK(node.find("b")->find("x") == nullptr);
}

TEST_CASE("keys that YAML 1.1 takes for booleans are strings") {
  CHECK(value_of("on: 1\nyes: 2\ny: 3\n") == Json({{"on", 1}, {"yes", 2}, {"y", 3}}));
}

TEST_CASE("an empty file is a null node with a place") {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "\xef\xbb\xbf"}) {
    INFO(text);
    const Node node = parse("f.yaml", text);
    CHECK(node.is_null());
    CHECK(node.place().to_string() == "f.yaml:1:1");
    CHECK(parse_all("f.yaml", text).empty());
  }
}

TEST_CASE("documents of a stream are separate and empty ones are left out") {
  const std::vector<Node> documents = parse_all("f.yaml", "---\na: 1\n---\n---\n# nothing\n--- [2]\n...\nthird: 3\n");
  REQUIRE(documents.size() == 3);
  CHECK(to_json(documents[0]) == Json({{"a", 1}}));
  CHECK(to_json(documents[1]) == Json::array({2}));
  CHECK(to_json(documents[2]) == Json({{"third", 3}}));
}

TEST_CASE("aliases repeat what their anchor stands for") {
  CHECK(value_of("a: &x [1, {b: 2}]\nc: *x\nd: *x\n") ==
        Json({{"a", {1, {{"b", 2}}}}, {"c", {1, {{"b", 2}}}}, {"d", {1, {{"b", 2}}}}}));
  CHECK(value_of("- &x 1\n- *x\n- &x 2\n- *x\n") == Json({1, 1, 2, 2}));
  CHECK(value_of("a: &outer {b: &inner [1]}\nc: *outer\nd: *inner\n")["c"] == Json({{"b", {1}}}));
  CHECK(value_of("&k key: *k") == Json({{"key", "key"}}));
}

TEST_CASE("what an alias repeats keeps the place of its anchor") {
  const Node node = parse("f.yaml", "a: &x\n  b: 1\nc: *x\n");
  CHECK(node.find("c")->find("b")->line == 2);
}

TEST_CASE("'<<' merges mappings, and the keys beside it win") {
  CHECK(value_of("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n")["own"] == Json({{"x", 1}, {"y", 3}}));
  CHECK(value_of("own:\n  <<: [{x: 1}, {x: 2, y: 2}]\n")["own"] == Json({{"x", 1}, {"y", 2}}));
  CHECK(value_of("'<<': {x: 1}\n") == Json({{"<<", {{"x", 1}}}}));
}

TEST_CASE("block scalars keep their line feeds as the header says") {
  CHECK(value_of("|\n  a\n  b\n") == "a\nb\n");
  CHECK(value_of("|-\n  a\n\n") == "a");
  CHECK(value_of("|+\n  a\n\n") == "a\n\n");
  CHECK(value_of(">\n  a\n  b\n") == "a b\n");
}

TEST_CASE("carriage returns at line ends are no part of the values") {
  CHECK(value_of("a: x\r\nb:\r\n  - y\r\n") == Json({{"a", "x"}, {"b", {"y"}}}));
  CHECK(parse("f.yaml", "a: x\r\n").place().source_line == "a: x");
}

TEST_CASE("a node made of JSON has no place and gives the JSON back") {
  const Json value = {{"a", {1, -2, 1.5, true, nullptr, "x"}}, {"b", Json::object()}, {"c", Json::array()}};
  const Node node = from_json(value);
  CHECK(to_json(node) == value);
  CHECK_FALSE(node.place().known());
}

}  // namespace
}  // namespace kforge::yaml
