// SPDX-License-Identifier: Apache-2.0
// `kforge plan` for people: an object a line, its fields below it, the counts at the end.
#pragma once

#include "deploy/events.hpp"
#include "deploy/preview.hpp"
#include "ui/line.hpp"
#include "ui/report.hpp"

#include <string>
#include <vector>

namespace kforge::ui {

// "shop → prod-cluster (https://…) as ci, plan"
Line plan_title(const deploy::Started& run, const Style& style);

// Without the title. Detail::full shows the fields of what is created too, what stays, and texts in full.
struct PlanLook {
  WallTime now;
  Detail detail = Detail::brief;
  bool drift = false;  // what others changed, not what a run would change
};
std::vector<Line> plan_lines(const deploy::Preview& preview, const PlanLook& look, const Style& style);

// "2 to update, 1 to create, 0 to delete, 1 conflict, 41 unchanged"
std::string plan_counts(const deploy::Preview& preview);
// "3 fields of 2 objects differ from r3, 1 object is missing, 40 as in r3"
std::string drift_counts(const deploy::Preview& preview);

// `before → after`, or what is added or removed: for one field. Several lines of text show the lines that differ.
std::vector<Line> field_lines(const deploy::FieldChange& field, const PlanLook& look, const Style& style);

}  // namespace kforge::ui
