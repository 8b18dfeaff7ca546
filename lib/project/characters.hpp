// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>

namespace kforge::project {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
inline bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
inline bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}
inline bool is_alphanumeric(char c) {
  return is_letter(c) || is_digit(c);
}
inline bool is_lower_alphanumeric(char c) {
  return is_lower(c) || is_digit(c);
}
// Printable ASCII without the space.
inline bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

inline bool is_any_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

template <class Accepts>
bool all_of(std::string_view text, Accepts accepts) {
  return !text.empty() && std::ranges::all_of(text, accepts);
}

// Calls `accepts` for every part between separators; false for an empty text.
template <class Accepts>
bool all_parts(std::string_view text, char separator, Accepts accepts) {
  for (;;) {
    const std::size_t end = text.find(separator);
    if (!accepts(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

// Removes and returns everything before the first character that `belongs` refuses.
template <class Belongs>
std::string_view take_while(std::string_view& text, Belongs belongs) {
  const auto length = static_cast<std::size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

}  // namespace kforge::project
