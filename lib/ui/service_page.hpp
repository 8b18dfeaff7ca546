// SPDX-License-Identifier: Apache-2.0
// `kforge describe` for people: one page, the answer first.
#pragma once

#include "observe/service_view.hpp"
#include "ui/line.hpp"

#include <vector>

namespace kforge::ui {

std::vector<Line> service_page(const observe::ServiceView& view, WallTime now, const Style& style);

}  // namespace kforge::ui
