// SPDX-License-Identifier: Apache-2.0
// A line of output made of spans of one colour each: measured and cut in terminal columns first, painted last.
#pragma once

#include "ui/style.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::ui {

struct Span {
  std::string text;
  Colour colour = Colour::none;
  bool operator==(const Span&) const = default;
};

class Line {
 public:
  Line() = default;
  template <std::convertible_to<std::string_view> Text>
  Line(const Text& text, Colour colour = Colour::none) {  // NOLINT: a text is a line
    add(std::string_view(text), colour);
  }

  // Untrusted text is welcome: control characters become visible escapes, line feeds and tabs become spaces.
  Line& add(std::string_view text, Colour colour = Colour::none);
  template <std::same_as<Line> Other>
  Line& add(const Other& other) {
    return append(other);
  }
  // Spaces up to a column, or nothing when the line is already there.
  Line& pad_to(int column);
  // Puts `right` so that it ends in the last of `columns` columns, two spaces away at least; leaves it out if it does
  // not fit.
  Line& align_right(const Line& right, int columns);

  bool empty() const { return spans_.empty(); }
  int width() const;
  // At most `columns` columns, ending in an ellipsis when something was cut.
  Line cut(int columns, const Style& style) const;
  // With colours; where the locale is not UTF-8, everything outside of ASCII becomes its nearest ASCII spelling or '?'.
  std::string paint(const Style& style) const;
  bool operator==(const Line&) const = default;

 private:
  Line& append(const Line& other);

  std::vector<Span> spans_;
};

// The painted lines, each ending in a line feed.
std::string paint_all(const std::vector<Line>& lines, const Style& style);
// Untrusted text of several lines made safe and, where the locale is not UTF-8, ASCII. Keeps line feeds.
std::string shown(std::string_view untrusted, const Style& style);
// Breaks text at spaces into lines of at most `columns` columns; longer words stand alone.
std::vector<std::string> wrapped(std::string_view text, int columns);
// `text` behind `head`, and broken into lines under its own beginning where the window is a terminal's and too narrow.
std::vector<Line> beside(const Line& head, std::string_view text, const Style& style);

}  // namespace kforge::ui
