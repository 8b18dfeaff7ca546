// SPDX-License-Identifier: Apache-2.0
// A tiny terminal: plays what a program writes (CR, LF, cursor up, erase, colours, cursor visibility) and shows what a
// person would see. Anything else that starts with ESC fails the test.
#pragma once

#include "base/text.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::tests {

class Screen {
 public:
  Screen(int columns, int rows) : columns_(columns), rows_(rows), lines_(1) {}

  void feed(std::string_view text) {
    while (!text.empty()) {
      if (text.starts_with("\x1b["))
        text.remove_prefix(control(text.substr(2)) + 2);
      else
        text.remove_prefix(character(text));
    }
  }

  // Everything written so far without spaces at line ends, the lines that scrolled out of the window included.
  std::string text() const { return joined(0); }
  // What the window shows.
  std::string window() const { return joined(top()); }
  bool cursor_visible() const { return cursor_visible_; }
  int cursor_row() const { return static_cast<int>(row_ - top()); }
  int cursor_column() const { return column_; }

 private:
  using Cells = std::vector<std::string>;  // one per column; the second cell of a wide character is empty

  std::size_t top() const {
    const auto rows = static_cast<std::size_t>(rows_);
    return bottom_ + 1 > rows ? bottom_ + 1 - rows : 0;
  }

  std::string joined(std::size_t from) const {
    std::string all;
    for (std::size_t i = from; i < lines_.size(); ++i) {
      std::string line;
      for (const std::string& cell : lines_[i]) line += cell;
      while (line.ends_with(' ')) line.pop_back();
      all += line + "\n";
    }
    while (all.ends_with("\n\n")) all.pop_back();
    return all;
  }

  void line_feed() {
    column_ = 0;
    ++row_;
    bottom_ = std::max(bottom_, row_);
    if (row_ == lines_.size()) lines_.emplace_back();
  }

  void put(std::string_view bytes, int width) {
    if (column_ + width > columns_) line_feed();
    Cells& line = lines_[row_];
    const auto at = static_cast<std::size_t>(column_);
    if (line.size() < at + static_cast<std::size_t>(width)) line.resize(at + static_cast<std::size_t>(width), " ");
    line[at] = bytes;
    for (int i = 1; i < width; ++i) line[at + static_cast<std::size_t>(i)].clear();
    column_ += width;
  }

  // Plays one character; returns its bytes.
  std::size_t character(std::string_view text) {
    if (text.front() == '\x1b') throw std::runtime_error("unexpected escape sequence");
    if (text.front() == '\r') return column_ = 0, 1;
    if (text.front() == '\n') return line_feed(), 1;
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) ++length;
    put(text.substr(0, length), display_width(text.substr(0, length)));
    return length;
  }

  // Plays a control sequence (after ESC [); returns its bytes.
  std::size_t control(std::string_view text) {
    const std::size_t end = text.find_first_of("AJKmhl");
    if (end == std::string_view::npos) throw std::runtime_error("unexpected control sequence");
    const std::string argument(text.substr(0, end));
    switch (text[end]) {
      case 'A':
        row_ = std::max(top(), row_ - std::min(row_, static_cast<std::size_t>(std::stoi(argument))));
        break;
      case 'J':
        lines_.resize(row_ + 1);
        [[fallthrough]];
      case 'K':
        if (lines_[row_].size() > static_cast<std::size_t>(column_))
          lines_[row_].resize(static_cast<std::size_t>(column_));
        break;
      case 'h':
      case 'l':
        if (argument != "?25") throw std::runtime_error("unexpected mode " + argument);
        cursor_visible_ = text[end] == 'h';
        break;
      default:
        break;  // colours
    }
    return end + 1;
  }

  int columns_, rows_, column_ = 0;
  std::size_t row_ = 0, bottom_ = 0;  // bottom: the lowest row ever reached, which fixes the window
  std::vector<Cells> lines_;
  bool cursor_visible_ = true;
};

}  // namespace kforge::tests
