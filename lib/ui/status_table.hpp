// SPDX-License-Identifier: Apache-2.0
// `kforge status` for people.
#pragma once

#include "observe/status.hpp"
#include "ui/line.hpp"

#include <string>
#include <vector>

namespace kforge::ui {

enum class Pods { hidden, shown };  // shown: -v

// Title, a table of tiers and services that fits the window (a list below 60 columns), and the notes.
std::vector<Line> status_lines(const observe::ProjectStatus& status, WallTime now, Pods pods, const Style& style);

// "2h", "12d", "4m": one unit.
std::string age_text(std::optional<WallTime> since, WallTime now);

}  // namespace kforge::ui
