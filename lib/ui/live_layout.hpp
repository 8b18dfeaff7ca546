// SPDX-License-Identifier: Apache-2.0
// The block of the live view as lines: pure, from the model, the time and the window.
#pragma once

#include "ui/line.hpp"
#include "ui/progress_model.hpp"

#include <vector>

namespace kforge::ui {

struct Window {
  int columns = 80;
  int lines = 24;  // most lines the block may take
};

// What stands above the block and stays: which project goes where as whom, and the plan.
std::vector<Line> header_lines(const ProgressModel& model, const Style& style, int columns);

// Stages in order with what they wait for; failed objects last, nearest to the cursor. Never more than window.lines:
// finished stages collapse first, then waiting objects are counted, then the top is left out.
std::vector<Line> block_lines(const ProgressModel& model, Clock::time_point now, const Window& window,
                              const Style& style);

// Windows narrower than this get a list without columns.
inline constexpr int narrow_columns = 60;
// Wider lines than this are hard to read across.
inline constexpr int widest_columns = 110;

}  // namespace kforge::ui
