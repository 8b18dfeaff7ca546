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

// "autoscaler 2–5: 3 now, 3 wanted, CPU 71% of 80% · 3 of 3 endpoints ready · 1 pod may be disrupted"
std::string companions_text(const observe::ObjectRow& row, const Style& style);
// "71%"; without a whole the part itself in cores; empty when nothing is known.
std::string percent_of(const std::optional<double>& part, const std::optional<double>& whole);

// "2h", "12d", "4m": one unit.
std::string age_text(std::optional<WallTime> since, WallTime now);

}  // namespace kforge::ui
