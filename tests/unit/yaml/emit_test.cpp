// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

namespace kforge::yaml {
namespace {

std::string emitted_value(const Json& value) {
  const std::string text = emit({{"k", value}});
  REQUIRE(text.starts_with("k:"));
  return text.substr(3, text.size() - 4);
}

TEST_CASE("objects come in Kubernetes' customary order") {
  const Json object = {
      {"kind", "Deployment"},
      {"apiVersion", "apps/v1"},
      {"spec",
       {{"template", {{"spec", {{"containers", {{{"image", "a:1"}, {"name", "a"}, {"args", {"-v", "--x=1"}}}}}}}}},
        {"replicas", 2}}},
      {"metadata", {{"name", "a"}, {"labels", {{"b", "1"}, {"a", "x"}}}}},
  };
  CHECK(emit(object) ==
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "metadata:\n"
        "  labels:\n"
        "    a: x\n"
        "    b: \"1\"\n"
        "  name: a\n"
        "spec:\n"
        "  replicas: 2\n"
        "  template:\n"
        "    spec:\n"
        "      containers:\n"
        "      - name: a\n"
        "        args:\n"
        "        - -v\n"
        "        - --x=1\n"
        "        image: a:1\n");
}

TEST_CASE("lists in lists and empty values") {
  CHECK(emit(Json::parse(
            R"({"a": [[1, 2], [], [[3]]], "b": {}, "c": [{}], "d": null, "e": [{"x": [1], "u": {"z": 1}}]})")) ==
        "a:\n- - 1\n  - 2\n- []\n- - - 3\nb: {}\nc:\n- {}\nd: null\ne:\n- u:\n    z: 1\n  x:\n  - 1\n");
  CHECK(emit(Json::object()) == "{}\n");
  CHECK(emit(Json("text")) == "text\n");
  CHECK(emit(Json("two\nlines\n")) == "\"two\\nlines\\n\"\n");
}

TEST_CASE("strings that some reader takes for another type are quoted") {
  for (const char* text : {"on",   "off",  "yes",   "No",    "y",     "N",       "true",       "False",
                           "null", "NULL", "~",     "0",     "12",    "-1",      "+1",         "0440",
                           "0o17", "0x1f", "0b1",   "1_000", "1.5",   "1e3",     ".5",         "-.5",
                           "1.",   ".inf", "-.Inf", ".nan",  "17:30", "1:2:3.4", "2001-12-14", "2001-12-14 21:59:43",
                           "1.30", "=",    "<<",    "",      "17e2"}) {
    INFO(text);
    CHECK(emitted_value(text) == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("strings that only look special stay plain") {
  for (const char* text : {"250m", "1Gi", "v1.2.3", "postgres:17.6-bookworm", "-c", "--flag=a", "a#b", "a:b",
                           "http://x/y?z=1", "node", "yesterday", "1st", "a b", "/health?probe=live", "é"}) {
    INFO(text);
    CHECK(emitted_value(text) == text);
  }
}

TEST_CASE("strings with structure in them are quoted") {
  struct Row {
    const char* text;
    const char* yaml;
  };
  for (const Row& row : std::vector<Row>{{"a: b", "\"a: b\""},
                                         {"a:", "\"a:\""},
                                         {"a #b", "\"a #b\""},
                                         {" a", "\" a\""},
                                         {"a ", "\"a \""},
                                         {"- a", "\"- a\""},
                                         {"---", "\"---\""},
                                         {"...", "\"...\""},
                                         {"?x", "\"?x\""},
                                         {"{\"a\":1}", "'{\"a\":1}'"},
                                         {"'it''s'", "\"'it''s'\""},
                                         {"\"it's\"", "'\"it''s\"'"},
                                         {"a\\b", "a\\b"},
                                         {"a\tb", "\"a\\tb\""},
                                         {"a\r\n", "\"a\\r\\n\""},
                                         {"\x01\x7f", "\"\\u0001\\u007F\""},
                                         {"\xc2\x85\xe2\x80\xa8", "\"\\u0085\\u2028\""},
                                         {"\xff", "\"\xef\xbf\xbd\""}}) {
    INFO(row.text);
    CHECK(emitted_value(row.text) == row.yaml);
  }
}

TEST_CASE("strings of several lines are literal blocks") {
  CHECK(emit({{"a", "x\ny\n"}}) == "a: |\n  x\n  y\n");
  CHECK(emit({{"a", "x\ny"}}) == "a: |-\n  x\n  y\n");
  CHECK(emit({{"a", "x\n\n"}, {"b", 1}}) == "a: |+\n  x\n\nb: 1\n");
  CHECK(emit({{"a", "x\n\n  y: 1\n"}}) == "a: |\n  x\n\n    y: 1\n");
  CHECK(emit({{"a", {"x\ny\n"}}}) == "a:\n- |\n  x\n  y\n");
  CHECK(emit({{"a", " x\ny\n"}}) == "a: \" x\\ny\\n\"\n");
  CHECK(emit({{"a", "\nx\n"}}) == "a: \"\\nx\\n\"\n");
}

TEST_CASE("keys follow the same rules and never span lines") {
  CHECK(emit({{"on", 1}, {"8080", 2}, {"a: b", 3}, {"x\ny", 4}}) ==
        "\"8080\": 2\n\"a: b\": 3\n\"on\": 1\n\"x\\ny\": 4\n");
  const std::string longest(600, 'k');
  CHECK(emit({{longest, Json::array({1})}}) == "? " + longest + "\n:\n- 1\n");
}

TEST_CASE("numbers are read as numbers by every reader") {
  CHECK(emitted_value(1.5) == "1.5");
  CHECK(emitted_value(2.0) == "2.0");
  CHECK(emitted_value(1e22) == "1.0e+22");
  CHECK(emitted_value(1.5e-9) == "1.5e-09");
  CHECK(emitted_value(-7) == "-7");
  CHECK(emitted_value(18446744073709551615U) == "18446744073709551615");
}

TEST_CASE("documents are separated") {
  CHECK(emit_all({{{"a", 1}}, {{"b", 2}}}) == "a: 1\n---\nb: 2\n");
  CHECK(emit_all({}).empty());
}

}  // namespace
}  // namespace kforge::yaml
