// SPDX-License-Identifier: Apache-2.0
#include "cli/port_pairs.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace kforge::cli {
namespace {

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && port >= 1 && port <= 65535 ? std::optional(port) : std::nullopt;
}

}  // namespace

PortPair parse_port_pair(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view last = colon == text.npos ? text : text.substr(colon + 1);
  const std::optional<int> remote = parse_port(last);
  std::optional<int> local = remote;
  if (colon != text.npos) local = colon == 0 ? std::optional(0) : parse_port(text.substr(0, colon));
  if (!local || !remote)
    throw Error(ErrorKind::usage, fmt::format("'{}' is not a pair of ports", text))
        .hint("write LOCAL:REMOTE such as 5000:8000, REMOTE alone, or :REMOTE for any free local port");
  return {.local = *local, .remote = *remote};
}

}  // namespace kforge::cli
