// SPDX-License-Identifier: Apache-2.0
#include "ui/live_block.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::ui {
namespace {

constexpr std::string_view hide_cursor = "\x1b[?25l", show_cursor = "\x1b[?25h";
constexpr std::string_view erase_to_line_end = "\x1b[K", erase_below = "\x1b[J";

}  // namespace

int LiveBlock::rows() const {
  const int columns = terminal_.width(stream_);
  int total = 0;
  for (const int width : widths_) total += columns > 0 ? std::max(1, (width + columns - 1) / columns) : 1;
  return total;
}

std::string LiveBlock::to_top() const {
  const int up = rows();
  return up == 0 ? "\r" : fmt::format("\r\x1b[{}A", up);
}

void LiveBlock::draw(const std::vector<Line>& lines, const Style& style) {
  const bool reflowed = terminal_.width(stream_) != columns_;
  std::string text(hide_cursor);
  text += to_top();
  if (reflowed) text += erase_below;
  std::vector<std::string> painted;
  std::vector<int> widths;
  for (const Line& line : lines) {
    painted.push_back(line.paint(style));
    widths.push_back(line.width());
    const std::size_t row = painted.size() - 1;
    if (reflowed || row >= painted_.size() || painted_[row] != painted[row])
      text.append(painted[row]).append(erase_to_line_end);
    text += "\n";
  }
  if (lines.size() < painted_.size()) text += erase_below;
  text += show_cursor;
  if (reflowed || painted != painted_) terminal_.write(stream_, text);
  painted_ = std::move(painted);
  widths_ = std::move(widths);
  columns_ = terminal_.width(stream_);
}

void LiveBlock::print_above(std::string_view text) {
  std::string out(hide_cursor);
  out += to_top();
  out += erase_below;
  out += text;
  for (const std::string& line : painted_) out += line + "\n";
  out += show_cursor;
  terminal_.write(stream_, out);
}

void LiveBlock::erase() {
  if (painted_.empty()) return;
  terminal_.write(stream_, to_top() + std::string(erase_below));
  release();
}

void LiveBlock::release() {
  painted_.clear();
  widths_.clear();
}

}  // namespace kforge::ui
