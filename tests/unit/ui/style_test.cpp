// SPDX-License-Identifier: Apache-2.0
#include "ui/style.hpp"

#include "tests/fakes/fake_terminal.hpp"
#include "tests/support/catch.hpp"

using namespace kforge;
using ui::ColourMode;

namespace {

tests::FakeTerminal terminal(bool interactive) {
  tests::FakeTerminal made;
  made.interactive = interactive;
  return made;
}

bool coloured(bool interactive, std::map<std::string, std::string, std::less<>> variables,
              ColourMode mode = ColourMode::automatic) {
  const auto made = terminal(interactive);
  return ui::style_for(made, Stream::err, {std::move(variables), "/"}, mode).colour;
}

ui::Style styled(bool interactive, std::map<std::string, std::string, std::less<>> variables) {
  const auto made = terminal(interactive);
  return ui::style_for(made, Stream::err, {std::move(variables), "/"}, ColourMode::automatic);
}

}  // namespace

TEST_CASE("colour follows the flag, then NO_COLOR, then FORCE_COLOR, then the terminal") {
  CHECK(coloured(true, {{"TERM", "xterm"}}));
  CHECK_FALSE(coloured(true, {{"TERM", "dumb"}}));
  CHECK_FALSE(coloured(true, {}));
  CHECK_FALSE(coloured(false, {{"TERM", "xterm"}}));
  CHECK(coloured(false, {{"FORCE_COLOR", "1"}}));
  CHECK(coloured(false, {{"CLICOLOR_FORCE", "1"}}));
  CHECK_FALSE(coloured(false, {{"FORCE_COLOR", "0"}}));
  CHECK_FALSE(coloured(true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}));
  CHECK(coloured(true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}));
  CHECK(coloured(false, {{"NO_COLOR", "1"}}, ColourMode::always));
  CHECK_FALSE(coloured(true, {{"TERM", "xterm"}, {"FORCE_COLOR", "1"}}, ColourMode::never));
}

TEST_CASE("UTF-8 is what the first set of LC_ALL, LC_CTYPE and LANG says") {
  CHECK(styled(true, {{"LANG", "de_DE.UTF-8"}}).utf8);
  CHECK(styled(true, {{"LANG", "C.utf8"}}).utf8);
  CHECK_FALSE(styled(true, {{"LANG", "de_DE.ISO-8859-1"}}).utf8);
  CHECK_FALSE(styled(true, {{"LANG", "en_US.UTF-8"}, {"LC_ALL", "C"}}).utf8);
  CHECK(styled(true, {{"LANG", "C"}, {"LC_ALL", ""}, {"LC_CTYPE", "en_US.UTF-8"}}).utf8);
  CHECK_FALSE(styled(true, {}).utf8);
}

TEST_CASE("the width is the window's, then COLUMNS, then 140 in CI and 80 elsewhere") {
  CHECK(styled(true, {{"COLUMNS", "50"}}).width == 100);
  CHECK(styled(false, {{"COLUMNS", "50"}}).width == 50);
  CHECK(styled(false, {{"COLUMNS", "wide"}}).width == 80);
  CHECK(styled(false, {{"CI", "true"}}).width == 140);
  CHECK(styled(false, {}).width == 80);
}

TEST_CASE("the cursor moves only on a capable terminal outside of CI") {
  CHECK(styled(true, {{"TERM", "xterm"}}).live);
  CHECK_FALSE(styled(true, {{"TERM", "dumb"}}).live);
  CHECK_FALSE(styled(true, {{"TERM", "xterm"}, {"CI", "1"}}).live);
  CHECK_FALSE(styled(true, {{"TERM", "xterm"}, {"GITHUB_ACTIONS", "true"}}).live);
  CHECK(styled(true, {{"TERM", "xterm"}, {"CI", "false"}}).live);
  CHECK_FALSE(styled(false, {{"TERM", "xterm"}}).live);
}
