// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;

TEST_CASE("a diagnostic shows its place, the source line and a caret under the word") {
  const SourcePlace place{"kforge.yaml", 8, 5, 7, "    replica: 3"};
  CHECK(to_text(Diagnostic{Severity::error, place, "unknown key 'replica'", "did you mean 'replicas'?"}) ==
        "kforge.yaml:8:5: error: unknown key 'replica'\n"
        "  8 |     replica: 3\n"
        "    |     ^^^^^^^ did you mean 'replicas'?\n");
}

TEST_CASE("the caret stands right behind tabs and wide characters") {
  const SourcePlace place{"f", 1, 5, 1, "\t名x"};  // bytes: tab, three of 名, then x at column 5
  CHECK(to_text(Diagnostic{Severity::warning, place, "m", ""}) == "f:1:5: warning: m\n  1 |  名x\n    |    ^\n");
}

TEST_CASE("control characters of a source line never reach the terminal") {
  const SourcePlace place{"f", 1, 1, 1, "\x1b[2Jx"};
  CHECK(to_text(Diagnostic{Severity::error, place, "m", ""}).find('\x1b') == std::string::npos);
}

TEST_CASE("a diagnostic without a place is one line and its hint") {
  CHECK(to_text(Diagnostic{Severity::error, {}, "no file", "run kforge init"}) ==
        "error: no file\n  run kforge init\n");
}

TEST_CASE("diagnostics sort by place, errors before warnings, and drop repeats") {
  Diagnostics problems;
  problems.warning({"a", 2, 1, 1, ""}, "w");
  problems.error({"a", 2, 1, 1, ""}, "e");
  problems.error({"a", 1, 9, 1, ""}, "first");
  problems.error({"a", 1, 9, 1, ""}, "first");
  problems.sort();
  REQUIRE(problems.all().size() == 3);
  CHECK(problems.all()[0].message == "first");
  CHECK(problems.all()[1].message == "e");
  CHECK(problems.all()[2].message == "w");
  CHECK(problems.errors() == 2);
  CHECK(problems.warnings() == 1);
}

TEST_CASE("invalid input carries all diagnostics and the first error's place") {
  Diagnostics problems;
  problems.error({"f", 3, 1, 1, ""}, "later");
  problems.error({"f", 2, 1, 1, ""}, "earlier");
  const InvalidInput error(problems);
  CHECK(std::string(error.what()) == "2 errors");
  CHECK(error.kind == ErrorKind::project_invalid);
  REQUIRE(error.place);
  CHECK(error.place->line == 2);
}
