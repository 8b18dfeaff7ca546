// SPDX-License-Identifier: Apache-2.0
// `kforge history` for people and for scripts.
#pragma once

#include "deploy/release.hpp"
#include "ui/line.hpp"

#include <vector>

namespace kforge::ui {

// "deployed" is the newest release that worked; those that it took the place of are "superseded".
std::string shown_status(const std::vector<deploy::Release>& releases, const deploy::Release& release);

// Newest first, a release a line.
std::vector<Line> history_lines(const std::vector<deploy::Release>& releases, WallTime now, const Style& style);
// Everything about one of them.
std::vector<Line> release_lines(const deploy::Release& release, const std::string& status, const Style& style);
Json release_document(const deploy::Release& release, const std::string& status);

}  // namespace kforge::ui
