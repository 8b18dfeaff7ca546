// SPDX-License-Identifier: Apache-2.0
// Columns of text that fit the window: first go those that may and are empty, then the least important ones, then one
// column is cut.
#pragma once

#include "ui/line.hpp"

#include <string>
#include <vector>

namespace kforge::ui {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  int importance = 0;     // columns of the lowest positive importance go first; 0 is never left out
  bool flexible = false;  // cut when the rest does not fit; one column at most
  int enough = 8;         // of a flexible one: so wide that no other column has to go for it
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // One cell per column.
  void add(std::vector<Line> cells);
  // A line under the last row that begins where `column` does and goes across the rest.
  void add_note(Line note, std::size_t column = 0);
  // Title and rows, two spaces between columns, without spaces at the end. `width` 0: as wide as it gets.
  std::vector<Line> lines(const Style& style, int width) const;
  // The columns that `lines` would leave out.
  std::vector<std::string> left_out(int width) const;

 private:
  struct Row {
    std::vector<Line> cells;  // empty: `note`
    Line note;
    std::size_t note_column = 0;
  };
  bool is_empty(std::size_t column) const;
  std::vector<int> natural_widths() const;
  std::vector<int> fitted_widths(int width) const;

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace kforge::ui
