// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kforge::sandbox {

// Decodes %XX (and + as a space when asked); empty on a malformed escape or a NUL byte.
enum class Plus { literal, space };
std::optional<std::string> percent_decode(std::string_view text, Plus plus = Plus::literal);
// name=value pairs; malformed ones are left out.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
// Decoded segments of a path; empty optional when one is malformed, "." or "..", or holds a slash.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace kforge::sandbox
