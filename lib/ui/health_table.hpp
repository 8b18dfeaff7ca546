// SPDX-License-Identifier: Apache-2.0
// `kforge health`.
#pragma once

#include "observe/health.hpp"
#include "ui/line.hpp"
#include "ui/report.hpp"

#include <vector>

namespace kforge::ui {

// A row for each service; what is wrong stands below it, with Detail::full every pod.
std::vector<Line> health_lines(const std::vector<observe::ServiceHealth>& services, const Style& style, Detail detail);
std::vector<Line> route_lines(const std::vector<observe::RouteHealth>& routes, const Style& style);

}  // namespace kforge::ui
