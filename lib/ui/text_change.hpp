// SPDX-License-Identifier: Apache-2.0
// How a text of several lines changed: the lines that differ, those around them left out.
#pragma once

#include "base/json.hpp"
#include "ui/line.hpp"
#include "ui/report.hpp"

#include <vector>

namespace kforge::ui {

bool is_multiline(const Json& value);

// "- old line" and "+ new line", the first dozen of them unless Detail::full. A value that is null is an empty text.
std::vector<Line> text_change_lines(const Json& before, const Json& after, Detail detail);

}  // namespace kforge::ui
