// SPDX-License-Identifier: Apache-2.0
#include "kube/redact.hpp"

#include "base/text.hpp"

#include <cctype>

namespace kforge::kube {
namespace {

constexpr std::size_t shortest_token = 20;

bool is_token_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string safe_text(std::string_view untrusted) {
  std::string text;
  while (!untrusted.empty()) {
    const std::size_t at = untrusted.find("eyJ");  // base64 of '{"', the head of every JSON Web Token
    text += untrusted.substr(0, at);
    if (at == std::string_view::npos) break;
    std::size_t end = at;
    while (end < untrusted.size() && is_token_character(untrusted[end])) ++end;
    text += end - at >= shortest_token ? "[redacted]" : std::string(untrusted.substr(at, end - at));
    untrusted.remove_prefix(end);
  }
  return printable(text);
}

}  // namespace kforge::kube
