// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/yaml/problems.hpp"

#include "tests/support/catch.hpp"

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

TEST_CASE("duplicate keys are refused, all of them") {
  CHECK(problems_of("a: 1\nb: {c: 1, c: 2}\na: 2\n") == Problems{"2:11 duplicate key 'c'", "3:1 duplicate key 'a'"});
  CHECK(problems_of("a: 1\n\"a\": 2\n") == Problems{"2:1 duplicate key 'a'"});
}

TEST_CASE("keys that are not strings are refused") {
  CHECK(problems_of("8080: x\n") == Problems{"1:1 key 8080 is not a string"});
  CHECK(problems_of("true: x\n") == Problems{"1:1 key true is not a string"});
  CHECK(problems_of("? [a]\n: x\n") == Problems{"1:3 a list or a mapping cannot be a key"});
  CHECK(problems_of("{a: 1, : 2}") == Problems{"1:8 an empty key"});
  CHECK(problems_of("'8080': x\n").empty());
}

TEST_CASE("bad syntax names the place") {
  CHECK(problems_of("a: [1, 2\nb: 3\n") == Problems{"2:2 not valid YAML: end of sequence flow not found"});
  CHECK(problems_of("a: b: c\n") == Problems{"1:5 not valid YAML: illegal map value"});
  CHECK(problems_of("a: \"x") == Problems{"1:6 not valid YAML: illegal EOF in scalar"});
  CHECK(problems_of("a: @x\n") == Problems{"1:4 not valid YAML: unknown token"});
  CHECK(problems_of("]\n") == Problems{"1:1 not valid YAML: illegal flow end"});
}

TEST_CASE("hints say what usually is the cause") {
  const auto hint_of = [](const char* text) {
    try {
      yaml::parse("f.yaml", text);
    } catch (const InvalidInput& invalid) {
      return invalid.diagnostics.all().front().hint;
    }
    return std::string("no problem");
  };
  CHECK(hint_of("a: b: c\n") == "put the value in quotes if ': ' belongs to it");
  CHECK(hint_of("a: x\nimage:nginx\nport: 1\n") == "is the line above 'key: value', with the same indentation?");
  CHECK(hint_of("a:\n\tb: 1\n") == "indent with spaces, not with tabs");
  CHECK(hint_of("a:\n  b: 1\n c: 2\n") == "check the indentation");
  CHECK(hint_of("a: {b: 1\n") == "a '}' or a ',' is missing before this");
  CHECK(hint_of("a: {b: ${X}, c: 1}\n") == "put the text with '${' in quotes: '{' has a meaning here");
  CHECK(hint_of("a: @x\n") == "put it in quotes");
}

TEST_CASE("a quote that never closes is a mistake even at the end of a line") {
  CHECK(problems_of("a: \"x\n") == Problems{"1:4 the closing quote is missing"});
  CHECK(problems_of("a: &b !!str 'x\nb: 1\n") == Problems{"1:4 the closing quote is missing"});
  CHECK(problems_of("a: \"x\\\"\n") == Problems{"1:4 the closing quote is missing"});
  CHECK(problems_of("a: \"x\\\\\"\nb: 'it''s'\nc: ''\nd: \"\"\ne: 'x\n  y'\n").empty());
}

TEST_CASE("a key without a colon is a mistake, not a key without a value") {
  CHECK(problems_of("image: x\nport\n") == Problems{"2:1 'port' is neither a key nor a value here"});
  CHECK(problems_of("a: {b: 1}\nport\n") == Problems{"2:1 'port' is neither a key nor a value here"});
  CHECK(problems_of("a:\nb: ~\nc: null\n? d\n\"e\":\n'f' :\n").empty());
  CHECK(problems_of("{a, b: }").empty());
}

TEST_CASE("content that belongs to no document is refused") {
  CHECK(problems_of("- a\nb: 1\n") == Problems{"2:1 this belongs to no mapping or list of the document above"});
  CHECK(problems_of("[a] b\n") == Problems{"1:5 this belongs to no mapping or list of the document above"});
  CHECK(problems_of("{a: b}\n\n# c\nd: e\n") ==
        Problems{"4:1 this belongs to no mapping or list of the document above"});
  CHECK(problems_of("a: 1\n...\nb: 1\n").empty());
  CHECK(problems_of("a: 1\n---\nb: 1\n").empty());
}

TEST_CASE("unknown tags and tags that do not fit are refused") {
  CHECK(problems_of("a: !env HOME\n") == Problems{"1:4 unknown tag '!env'"});
  CHECK(problems_of("a: !!binary aGk=\n") == Problems{"1:4 unknown tag 'tag:yaml.org,2002:binary'"});
  CHECK(problems_of("a: !!int x\n") == Problems{"1:4 'x' is not of the type that its tag says"});
  CHECK(problems_of("a: !!seq {b: 1}\n") == Problems{"1:4 tag 'tag:yaml.org,2002:seq' on a mapping"});
}

TEST_CASE("aliases of nothing and of themselves are refused") {
  CHECK(problems_of("a: *x\n") == Problems{"1:4 not valid YAML: the referenced anchor is not defined"});
  CHECK(problems_of("a: &x [*x]\n") == Problems{"1:8 an alias inside of what it stands for"});
  CHECK(problems_of("a: &x {b: {c: *x}}\n") == Problems{"1:15 an alias inside of what it stands for"});
  CHECK(problems_of("a: &x 1\n---\nb: *x\n").size() == 1);
}

TEST_CASE("'<<' takes mappings only") {
  CHECK(problems_of("<<: 1\n") == Problems{"1:5 '<<' needs a mapping or a list of mappings"});
  CHECK(problems_of("<<: [{a: 1}, 2]\n") == Problems{"1:14 '<<' needs a mapping or a list of mappings"});
}

TEST_CASE("text that is not UTF-8 and control characters are refused") {
  CHECK(problems_of("a: \xff\n") == Problems{"1:4 the file is not UTF-8 text"});
  CHECK(problems_of("a: \xed\xa0\x80\n") == Problems{"1:4 the file is not UTF-8 text"});
  CHECK(problems_of("a: \xc3") == Problems{"1:4 the file is not UTF-8 text"});
  CHECK(problems_of(std::string("a: b\0\n", 6)) == Problems{"1:5 control character U+0000"});
  CHECK(problems_of("a: \x1b[31m\n") == Problems{"1:4 control character U+001B"});
  CHECK(problems_of("\n\na: \xef\xbb\xbf\n") == Problems{"3:4 control character U+FEFF"});
  CHECK(problems_of("a: \xf0\x9f\x98\x80 é\n").empty());
}

TEST_CASE("numbers that JSON cannot hold are refused when they are read") {
  for (const char* text : {".inf", "-.INF", ".nan", "1e999", "18446744073709551616", "-9223372036854775809"}) {
    INFO(text);
    const yaml::Node node = yaml::parse("f.yaml", std::string("a: ") + text);
    CHECK_THROWS_AS(yaml::to_json(node), InvalidInput);
  }
}

TEST_CASE("parse takes one document") {
  try {
    yaml::parse("f.yaml", "a: 1\n---\nb: 2\n");
    FAIL("two documents were accepted");
  } catch (const InvalidInput& invalid) {
    CHECK(invalid.kind == ErrorKind::project_invalid);
    CHECK(invalid.diagnostics.all().front().place.to_string() == "f.yaml:3:1");
  }
}

}  // namespace
}  // namespace kforge::tests
