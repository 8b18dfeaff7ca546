// SPDX-License-Identifier: Apache-2.0
#include "ui/error_text.hpp"

#include "tests/support/catch.hpp"

using namespace kforge;
using ui::Style;

namespace {

const Style plain{.utf8 = true};
const Style coloured{.colour = true, .utf8 = true};

SourcePlace place_of_replica() {
  return {"kforge.yaml", 8, 5, 7, "    replica: 3"};
}

}  // namespace

TEST_CASE("an error says what happened, why, and what to do") {
  const auto error = Error(ErrorKind::forbidden, "cannot list secrets in namespace 'auth'")
                         .why("user \"ci\" has no such right")
                         .hint("kubectl create rolebinding …\nor ask an administrator");
  CHECK(ui::error_text(error, plain) ==
        "error: cannot list secrets in namespace 'auth'\n"
        "  why:  user \"ci\" has no such right\n"
        "  hint: kubectl create rolebinding …\n"
        "        or ask an administrator\n");
}

TEST_CASE("an error with a code names it for `kforge explain`") {
  CHECK(ui::error_text(Error(ErrorKind::rollout_failed, "order-service failed").coded("KF2003"), coloured) ==
        "\x1b[31merror[KF2003]\x1b[0m: order-service failed\n");
}

TEST_CASE("an error with a place shows the line and a caret") {
  const auto error = Error(ErrorKind::project_invalid, "unknown key 'replica'").at(place_of_replica()).hint("see docs");
  CHECK(ui::error_text(error, plain) ==
        "kforge.yaml:8:5: error: unknown key 'replica'\n"
        "  8 |     replica: 3\n"
        "    |     ^^^^^^^\n"
        "  hint: see docs\n");
  CHECK(ui::error_text(error, coloured) ==
        "kforge.yaml:8:5: \x1b[31merror\x1b[0m: unknown key 'replica'\n"
        "  8 |     replica: 3\n"
        "    |     \x1b[31m^^^^^^^\x1b[0m\n"
        "  hint: see docs\n");
}

TEST_CASE("invalid input lists every problem and says that nothing was sent") {
  Diagnostics problems;
  problems.error({"kforge.yaml", 12, 3, 4, "  uses: [a]"}, "unknown service 'a'", "did you mean 'b'?");
  problems.error(place_of_replica(), "unknown key 'replica'", "did you mean 'replicas'?");
  problems.warning({"kforge.yaml", 20, 1, 1, "x: 1"}, "image without tag");
  const InvalidInput error(std::move(problems));
  CHECK(ui::error_text(error, plain) ==
        "kforge.yaml:8:5: error: unknown key 'replica'\n"
        "  8 |     replica: 3\n"
        "    |     ^^^^^^^ did you mean 'replicas'?\n"
        "kforge.yaml:12:3: error: unknown service 'a'\n"
        " 12 |   uses: [a]\n"
        "    |   ^^^^ did you mean 'b'?\n"
        "kforge.yaml:20:1: warning: image without tag\n"
        " 20 | x: 1\n"
        "    | ^\n"
        "2 errors, 1 warning, nothing was sent to the cluster\n");
}

TEST_CASE("errors as JSON have the same keys always") {
  const Json bare = ui::error_json(Error(ErrorKind::unreachable, "no answer"), 13);
  CHECK(bare ==
        Json::parse(
            R"({"kind":"unreachable","exitCode":13,"code":"","message":"no answer","why":"","hint":"","place":null})"));
  Diagnostics problems;
  problems.error(place_of_replica(), "unknown key 'replica'", "did you mean 'replicas'?");
  const Json listed = ui::error_json(InvalidInput(std::move(problems)), 10);
  CHECK(listed["place"] == Json::parse(R"({"file":"kforge.yaml","line":8,"column":5})"));
  CHECK(listed["diagnostics"].size() == 1);
  CHECK(listed["diagnostics"][0]["hint"] == "did you mean 'replicas'?");
}

TEST_CASE("JSON text holds no raw control characters and stays JSON") {
  const Json nasty = {{"text", "a\x1b[2J\x7f\u0085\u202e\xff"}};
  const std::string text = ui::document_text(nasty);
  for (const char* raw : {"\x1b", "\x7f", "\u0085", "\u202e", "\xff"}) CHECK(text.find(raw) == std::string::npos);
  CHECK(Json::parse(text)["text"] == "a\x1b[2J\x7f\u0085\u202e\ufffd");
  CHECK(ui::line_text(nasty).find('\n') == ui::line_text(nasty).size() - 1);
}

TEST_CASE("errors from a hostile cluster are defused") {
  CHECK(ui::error_text(Error(ErrorKind::rejected, "bad\x1b]0;owned\x07"), plain) == "error: bad\\x1b]0;owned\\x07\n");
}
