// SPDX-License-Identifier: Apache-2.0
// Small text functions without a dependency.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kforge {

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view text);
bool contains(std::string_view text, std::string_view part);
bool contains_ignoring_case(std::string_view text, std::string_view part);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
// "1 pod", "2 pods"
std::string counted(std::size_t count, std::string_view singular, std::string_view plural = {});
// "'a', 'b' and 'c'"
std::string quoted_list(const std::vector<std::string>& names);

std::string base64_encode(std::string_view bytes);
// Throws Error{internal} on anything that is not base64; whitespace is skipped.
std::string base64_decode(std::string_view text);
// Percent-encodes everything but RFC 3986 unreserved characters.
std::string url_encode(std::string_view text);

// RFC 1123 label: 1 to 63 of [a-z0-9-], starting and ending alphanumeric.
bool is_dns_label(std::string_view text);
// RFC 1123 subdomain: labels joined by dots, at most 253.
bool is_dns_subdomain(std::string_view text);

// Makes untrusted text safe for a terminal: C0 (but \n and \t), DEL, C1, bidi controls and invalid UTF-8 become visible
// escapes. CVE-2021-25743.
std::string printable(std::string_view untrusted);
// Columns a text takes on a terminal: East Asian wide and emoji count 2, combining marks 0.
int display_width(std::string_view utf8);
// Cuts to at most `columns`, ending in "…" when something was cut.
std::string cut_to_width(std::string_view utf8, int columns);

}  // namespace kforge
