// SPDX-License-Identifier: Apache-2.0
// The last screen of a run: what is up now, or why not, with the line to change and the command to paste.
#pragma once

#include "ui/line.hpp"
#include "ui/progress_model.hpp"

#include <string>
#include <vector>

namespace kforge::ui {

enum class Detail { brief, full };  // full: -v, every cause and every line of log

// The end of a run: success, failure report, what an interrupt left, or the error that ended it (null for none). Each
// line ends in a line feed.
std::string closing_text(const ProgressModel& model, const Error* error, const Style& style, Detail detail);
// What a dry run would change, a line an object.
std::vector<Line> change_lines(const ProgressModel& model, const Style& style);
// "! text"
std::string warning_line(const std::string& text, const Style& style);

// One cause in full, with the others counted. Diagnoses must not be empty.
std::vector<Line> failure_report(const ProgressModel& model, const Style& style, Detail detail);
// Diagnoses with the one to look at first in front: failures before timeouts, backed by more pods first.
std::vector<deploy::Diagnosis> by_weight(std::vector<deploy::Diagnosis> diagnoses);
// "order-service failed: image not found", "order-service was not ready in time: 1/2 new pods ready".
std::string headline(const deploy::Diagnosis& diagnosis);
// What to do about it, or empty.
std::string remedy(const deploy::Diagnosis& diagnosis);

}  // namespace kforge::ui
