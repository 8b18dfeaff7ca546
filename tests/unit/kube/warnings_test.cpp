// SPDX-License-Identifier: Apache-2.0
#include "kube/warnings.hpp"

#include "kube/redact.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using Texts = std::vector<std::string>;

Texts warnings(const std::string& header) {
  return kube::warnings_of({{"warning", header}});
}

}  // namespace

TEST_CASE("a warning header holds one or several texts") {
  CHECK(warnings("299 - \"v1 Endpoints is deprecated\"") == Texts{"v1 Endpoints is deprecated"});
  CHECK(warnings("299 - \"a\", 299 - \"b\"") == Texts{"a", "b"});
  CHECK(warnings("299 agent \"a\" \"Tue, 15 Nov 1994 08:12:31 GMT\", 299 - \"b\"") == Texts{"a", "b"});
  CHECK(kube::warnings_of({{"warning", "299 - \"a\""}, {"date", "x"}, {"warning", "299 - \"b\""}}) == Texts{"a", "b"});
}

TEST_CASE("escapes and encoded words of a warning are undone") {
  CHECK(warnings("299 - \"say \\\"no\\\" to \\\\\"") == Texts{"say \"no\" to \\"});
  CHECK(warnings("299 - \"=?utf-8?q?caf=C3=A9_open?=\"") == Texts{"café open"});
  CHECK(warnings("299 - \"=?UTF-8?B?Y2Fmw6k=?=\"") == Texts{"café"});
}

TEST_CASE("other codes, empty texts, control characters and broken headers are left out") {
  CHECK(warnings("199 - \"misc\"").empty());
  CHECK(warnings("299 - \"\"").empty());
  CHECK(warnings("299 - \"\x1b[31mred\"").empty());
  CHECK(warnings("299 - \"\xff\"").empty());
  CHECK(warnings("299 - no quotes").empty());
  CHECK(warnings("299 - \"never ends").empty());
  CHECK(warnings("").empty());
}

TEST_CASE("each warning is told once per run") {
  ScriptedClient test;
  test.transport.always("GET", "/version", Reply::json(200, {{"a", 1}}).with_header("warning", "299 - \"old\""));
  CHECK(test.client.call(get("/version")).ok());
  CHECK(test.client.take_warnings() == Texts{"old"});
  CHECK(test.client.call(get("/version")).ok());
  CHECK(test.client.take_warnings().empty());
}

TEST_CASE("web tokens in a server's text are masked") {
  CHECK(kube::safe_text("bad token eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.eyJzdWIiOiJ4In0.c2ln, sorry") ==
        "bad token [redacted], sorry");
  CHECK(kube::safe_text("keys eyJ and eyJshort stay") == "keys eyJ and eyJshort stay");
  CHECK(kube::safe_text("\x1b]0;title\x07") == "\\x1b]0;title\\x07");
}

}  // namespace kforge::tests
