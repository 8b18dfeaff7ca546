// SPDX-License-Identifier: Apache-2.0
#include "kube/warnings.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <optional>
#include <string_view>

namespace kforge::kube {
namespace {

std::string_view word(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const std::size_t end = std::min(rest.find_first_of(" \t,"), rest.size());
  const std::string_view found = rest.substr(0, end);
  rest.remove_prefix(end);
  return found;
}

// "text" with backslash escapes.
std::optional<std::string> quoted(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (!rest.starts_with('"')) return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    text += rest[i];
  }
  return std::nullopt;
}

std::string from_quoted_printable(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '=' && i + 2 < text.size())
      decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)), i += 2;
    else
      decoded += text[i] == '_' ? ' ' : text[i];
  }
  return decoded;
}

// "=?utf-8?q?caf=C3=A9?=" (RFC 2047); anything else stays as it is.
std::string decoded_word(const std::string& text) {
  const std::string lower = to_lower(text);
  if (!lower.starts_with("=?utf-8?") || !lower.ends_with("?=") || text.size() < 12 || text[9] != '?') return text;
  const std::string_view payload = std::string_view(text).substr(10, text.size() - 12);
  try {
    return lower[8] == 'b' ? base64_decode(payload) : from_quoted_printable(payload);
  } catch (const std::exception&) {  // not what it claims to be
    return text;
  }
}

void skip_to_next(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (rest.starts_with(',')) rest.remove_prefix(1);
}

void add_warnings(std::string_view rest, std::vector<std::string>& warnings) {
  while (!trim(rest).empty()) {
    const std::string_view code = word(rest);
    word(rest);  // the agent, "-" from Kubernetes
    const std::optional<std::string> text = quoted(rest);
    if (!text) return;
    quoted(rest);  // the date
    skip_to_next(rest);
    const std::string shown = decoded_word(*text);
    if (code == "299" && !shown.empty() && printable(shown) == shown && !contains(shown, "\n"))
      warnings.push_back(shown);
  }
}

}  // namespace

std::vector<std::string> warnings_of(const http::Headers& headers) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : headers)
    if (name == "warning") add_warnings(value, warnings);
  return warnings;
}

}  // namespace kforge::kube
