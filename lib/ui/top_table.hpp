// SPDX-License-Identifier: Apache-2.0
// `kforge top` for people.
#pragma once

#include "observe/history.hpp"
#include "ui/line.hpp"
#include "ui/status_table.hpp"

#include <string>
#include <vector>

namespace kforge::ui {

// CPU and memory beside requests and limits, a line of trend when there is more than one sample, and what would fit.
std::vector<Line> top_lines(const observe::ProjectStatus& status, const observe::History& history, Pods pods,
                            const Style& style);

// The last `columns` values as bars of eight heights above zero; plain characters where the locale is not UTF-8.
std::string sparkline(const std::vector<double>& values, std::size_t columns, const Style& style);

}  // namespace kforge::ui
