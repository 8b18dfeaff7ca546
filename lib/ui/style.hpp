// SPDX-License-Identifier: Apache-2.0
// Colour, glyphs and width of one output stream, decided once.
#pragma once

#include <string>
#include <string_view>

#include "os/environment.hpp"
#include "os/terminal.hpp"

namespace kforge::ui {

enum class Colour { none, red, green, yellow, cyan, dim, bold };
enum class ColourMode { automatic, always, never };

struct Style {
  bool colour = false, utf8 = false, live = false;  // live: the cursor may be moved
  int width = 80;

  std::string paint(Colour colour, std::string_view text) const;
  std::string_view tick() const;     // ✔ or ok
  std::string_view cross() const;    // ✖ or x
  std::string_view dot() const;      // ● or *
  std::string_view warn() const { return "!"; }
  std::string_view arrow() const;    // → or ->
  std::string_view dash() const;     // – or -
  std::string_view ellipsis() const; // … or ...
};

// --color > NO_COLOR > FORCE_COLOR > terminal and TERM != dumb; CI variables turn `live` off.
Style style_for(const Terminal& terminal, Stream stream, const Environment& environment, ColourMode mode);
bool is_ci(const Environment& environment);

}  // namespace kforge::ui
