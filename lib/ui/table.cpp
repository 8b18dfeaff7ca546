// SPDX-License-Identifier: Apache-2.0
#include "ui/table.hpp"

#include <algorithm>

namespace kforge::ui {
namespace {

constexpr int gap = 2;
constexpr int narrowest_flexible = 8;
constexpr int hidden = -1;

int total(const std::vector<int>& widths) {
  int columns = -gap;
  for (const int width : widths)
    if (width != hidden) columns += width + gap;
  return columns;
}

Line aligned(const Line& cell, Align align, int width, const Style& style) {
  const Line fitting = cell.cut(width, style);
  if (align == Align::left) return fitting;
  Line padded;
  return padded.pad_to(width - fitting.width()).add(fitting);
}

}  // namespace

void Table::add(std::vector<Line> cells) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), {}});
}

void Table::add_note(Line note, std::size_t column) {
  rows_.push_back({{}, std::move(note), column});
}

bool Table::is_empty(std::size_t column) const {
  return std::ranges::all_of(rows_, [&](const Row& row) { return row.cells.empty() || row.cells[column].empty(); });
}

std::vector<int> Table::natural_widths() const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int widest = Line(columns_[i].title).width();
    for (const Row& row : rows_)
      if (!row.cells.empty()) widest = std::max(widest, row.cells[i].width());
    widths.push_back(widest);
  }
  return widths;
}

std::vector<int> Table::fitted_widths(int width) const {
  std::vector<int> widths = natural_widths();
  if (width <= 0) return widths;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].importance > 0 && is_empty(i)) widths[i] = hidden;
  const auto needed = [&] {
    int sum = total(widths);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].flexible) sum -= std::max(0, widths[i] - columns_[i].enough);
    return sum;
  };
  while (needed() > width) {
    std::size_t least = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].importance > 0 && widths[i] != hidden &&
          (least == columns_.size() || columns_[i].importance < columns_[least].importance))
        least = i;
    if (least == columns_.size()) break;
    widths[least] = hidden;
  }
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (columns_[i].flexible && widths[i] != hidden)
      widths[i] = std::max(std::min(widths[i], narrowest_flexible), widths[i] - std::max(0, total(widths) - width));
  return widths;
}

std::vector<std::string> Table::left_out(int width) const {
  const std::vector<int> widths = fitted_widths(width);
  std::vector<std::string> titles;
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (widths[i] == hidden) titles.push_back(columns_[i].title);
  return titles;
}

std::vector<Line> Table::lines(const Style& style, int width) const {
  const std::vector<int> widths = fitted_widths(width);
  std::vector<Line> lines;
  const auto add_row = [&](auto cell_of) {
    Line line;
    int column = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (widths[i] == hidden) continue;
      const Line cell = aligned(cell_of(i), columns_[i].align, widths[i], style);
      if (!cell.empty()) line.pad_to(column).add(cell);
      column += widths[i] + gap;
    }
    lines.push_back(std::move(line));
  };
  add_row([&](std::size_t i) { return Line(columns_[i].title, Colour::bold); });
  for (const Row& row : rows_) {
    if (row.cells.empty()) {
      int start = 0;
      for (std::size_t i = 0; i < row.note_column; ++i)
        if (widths[i] != hidden) start += widths[i] + gap;
      const Line note = Line().pad_to(start).add(row.note);
      lines.push_back(width > 0 ? note.cut(width, style) : note);
    } else {
      add_row([&](std::size_t i) { return row.cells[i]; });
    }
  }
  return lines;
}

}  // namespace kforge::ui
