// SPDX-License-Identifier: Apache-2.0
// Lines at the bottom of a terminal that are redrawn in place. The cursor is hidden only inside of one write, so that
// no way to end the process, not even a kill, leaves a terminal without one.
#pragma once

#include "os/terminal.hpp"
#include "ui/line.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::ui {

class LiveBlock {
 public:
  LiveBlock(Terminal& terminal, Stream stream) : terminal_(terminal), stream_(stream) {}

  // Replaces the block; only lines that differ are written. Lines must be narrower than the window.
  void draw(const std::vector<Line>& lines, const Style& style);
  // Writes text that stays, above the block. Ends in a line feed.
  void print_above(std::string_view text);
  // Removes the block from the screen.
  void erase();
  // Leaves the block as it is; what is written next stands below it.
  void release();

 private:
  // Rows that the block takes now: a narrower window has wrapped its lines.
  int rows() const;
  std::string to_top() const;

  Terminal& terminal_;
  Stream stream_;
  std::vector<std::string> painted_;
  std::vector<int> widths_;
  int columns_ = 0;  // of the window when it was drawn
};

}  // namespace kforge::ui
