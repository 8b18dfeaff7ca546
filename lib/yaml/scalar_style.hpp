// SPDX-License-Identifier: Apache-2.0
// How a string is written so that every YAML reader gets the same string back.
#pragma once

#include <string>
#include <string_view>

namespace kforge::yaml {

enum class ScalarStyle { plain, single_quoted, double_quoted, literal };

// Literal only for values of several lines; keys never are.
enum class ScalarUse { key, value };
ScalarStyle style_of(std::string_view text, ScalarUse use);

// Appends a string in one of the styles that stay on one line.
void append_on_one_line(std::string& out, std::string_view text, ScalarStyle style);
// Appends "|", "|-" or "|+" and the lines, each indented; ends after a line feed.
void append_literal(std::string& out, std::string_view text, std::size_t indent);

}  // namespace kforge::yaml
