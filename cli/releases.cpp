// SPDX-License-Identifier: Apache-2.0
#include "cli/releases.hpp"

#include "cli/plans.hpp"
#include "deploy/releases.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace kforge::cli {
namespace {

std::optional<int> number_in(std::string_view text) {
  if (text.starts_with('r')) text.remove_prefix(1);
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

constexpr std::chrono::seconds patience{30};

}  // namespace

bool is_release_number(const std::string& text) {
  return number_in(text).has_value();
}

int release_number(const std::string& text) {
  if (const std::optional<int> number = number_in(text)) return *number;
  throw Error(ErrorKind::usage, fmt::format("'{}' is no release", text))
      .hint("name it by its number, such as 3 or r3: `kforge history` lists all");
}

std::optional<observe::LastRelease> last_release(Session& session) {
  WarningsToStderr warnings(session);
  deploy::Session engine(context_of(session, warnings), patience);
  try {
    const std::vector<deploy::Release> releases = deploy::read_releases(engine, deploy::applyset_of(session.project()));
    if (releases.empty()) return std::nullopt;
    const deploy::Release& newest = releases.front();
    return observe::LastRelease{.number = newest.number,
                                .status = std::string(deploy::to_string(newest.status)),
                                .what = deploy::purpose_of(newest),
                                .by = newest.by,
                                .commit = newest.commit,
                                .started = newest.started};
  } catch (const Error& error) {
    if (error.kind == ErrorKind::forbidden) return std::nullopt;
    throw;
  }
}

}  // namespace kforge::cli
