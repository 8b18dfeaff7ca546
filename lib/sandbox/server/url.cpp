// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/url.hpp"

#include "base/text.hpp"

namespace kforge::sandbox {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::space) {
      decoded += ' ';
      continue;
    }
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& part : split(query, '&')) {
    const std::size_t equals = part.find('=');
    const auto name = percent_decode(std::string_view(part).substr(0, equals), Plus::space);
    const auto value = equals == std::string::npos
                           ? std::optional<std::string>("")
                           : percent_decode(std::string_view(part).substr(equals + 1), Plus::space);
    if (name && value && !name->empty()) pairs.emplace_back(*name, *value);
  }
  return pairs;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  std::vector<std::string> segments;
  if (path.empty() || path.front() != '/') return std::nullopt;
  for (const std::string& part : split(path.substr(1), '/')) {
    if (part.empty()) continue;
    const auto decoded = percent_decode(part);
    if (!decoded || *decoded == "." || *decoded == ".." || contains(*decoded, "/")) return std::nullopt;
    segments.push_back(*decoded);
  }
  return segments;
}

}  // namespace kforge::sandbox
