// SPDX-License-Identifier: Apache-2.0
// Errors for people and for programs; every error of kforge has the same face.
#pragma once

#include "base/diagnostics.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "ui/style.hpp"

#include <string>
#include <string_view>

namespace kforge::ui {

// "rollout_failed": the name of a kind in JSON.
std::string_view name_of(ErrorKind kind);

// What happened, where (source line and caret), why, what to do. InvalidInput shows all of its problems and a count.
std::string error_text(const Error& error, const Style& style);
// The problems one after the other, each with its source line and caret.
std::string diagnostics_text(const Diagnostics& diagnostics, const Style& style);

// {"kind", "exitCode", "code", "message", "why", "hint", "place", "diagnostics"}; place is null when there is none.
Json error_json(const Error& error, int exit_code);
Json diagnostics_json(const Diagnostics& diagnostics);
Json place_json(const SourcePlace& place);

// A JSON document as text: indented, and safe for a terminal (C1, DEL and bidi controls as \u escapes).
std::string document_text(const Json& document);
// The same on one line.
std::string line_text(const Json& document);

}  // namespace kforge::ui
