// SPDX-License-Identifier: Apache-2.0
// Colour, glyphs and width of one output stream, decided once.
#pragma once

#include "os/environment.hpp"
#include "os/terminal.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kforge::ui {

enum class Colour { none, red, green, yellow, cyan, dim, bold };
enum class ColourMode { automatic, always, never };
// "auto", "always" or "never"; empty on anything else.
std::optional<ColourMode> parse_colour_mode(std::string_view word);

struct Style {
  bool colour = false, utf8 = false;
  bool live = false;      // the cursor may be moved
  bool terminal = false;  // a window with an edge; pipes take lines of any length
  int width = 80;

  std::string paint(Colour colour, std::string_view text) const;
  std::string_view tick() const;   // ✔ or ok
  std::string_view cross() const;  // ✖ or x
  std::string_view dot() const;    // ● or *
  std::string_view warn() const { return "!"; }
  std::string_view arrow() const;      // → or ->
  std::string_view dash() const;       // – or -
  std::string_view ellipsis() const;   // … or ...
  std::string_view separator() const;  // · or ,
  // A horizontal line of `columns` columns.
  std::string rule(int columns) const;
};

// Colour: --color > NO_COLOR (not empty) > FORCE_COLOR, CLICOLOR_FORCE (not "0") > a terminal whose TERM is not dumb.
// Width: the window, COLUMNS, 140 in CI, 80. UTF-8: the first of LC_ALL, LC_CTYPE, LANG that is set. CI turns `live`
// off.
Style style_for(const Terminal& terminal, Stream stream, const Environment& environment, ColourMode mode);
// A CI runner: CI, GITHUB_ACTIONS, GITLAB_CI, JENKINS_URL, BUILDKITE or TF_BUILD is set.
bool is_ci(const Environment& environment);

}  // namespace kforge::ui
