// SPDX-License-Identifier: Apache-2.0
// Events of the cluster for people.
#pragma once

#include "observe/event_rows.hpp"
#include "ui/line.hpp"

#include <vector>

namespace kforge::ui {

// A table of events: how long ago, what, how often, to whom, and the words of the cluster.
std::vector<Line> event_lines(const std::vector<observe::EventRow>& rows, WallTime now, const Style& style);
// The same row while it is followed: with its time instead of an age, as the line stays.
Line followed_event_line(const observe::EventRow& row);

}  // namespace kforge::ui
