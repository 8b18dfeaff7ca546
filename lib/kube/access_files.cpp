// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "http/system_roots.hpp"
#include "kube/access_parts.hpp"
#include "kube/file_trust.hpp"
#include "kube/user_agent.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::kube {

void add_surroundings(http::Connection& connection, const Environment& environment) {
  const auto either = [&](const char* upper, const char* lower) {
    return environment.has(upper) ? *environment.get(upper) : environment.get_or(lower, "");
  };
  connection.https_proxy = either("HTTPS_PROXY", "https_proxy");
  connection.http_proxy = either("HTTP_PROXY", "http_proxy");
  connection.no_proxy = either("NO_PROXY", "no_proxy");
  connection.disable_http2 = environment.has("DISABLE_HTTP2");
  connection.system_ca_file = http::find_system_roots(environment);
  connection.user_agent = user_agent();
}

std::string read_named(const std::string& path, const std::string& owner, Problems& problems) {
  try {
    if (const std::optional<std::string> text = read_file(path)) return *text;
    problems.push_back(fmt::format("cannot read {} for {}: no such file", path, owner));
  } catch (const Error& error) {
    problems.push_back(fmt::format("cannot read {} for {}: {}", path, owner,
                                   to_lower(error.cause.empty() ? error.what() : error.cause)));
  }
  return {};
}

Secret read_token(const std::string& path, const std::string& owner, ClusterAccess& access, Problems& problems) {
  const std::size_t before = problems.size();
  Secret token{std::string(trim(read_named(path, owner, problems)))};
  if (problems.size() > before) return token;
  if (token.empty()) problems.push_back(fmt::format("{} is empty; {} needs a token in it", path, owner));
  if (const std::optional<FileOwner> file = owner_of(path)) {
    const FileTrust trust = judge(path, *file);
    if (!trust.refusal.empty()) problems.push_back(trust.refusal);
    if (!trust.warning.empty()) access.warnings.push_back(trust.warning);
  }
  return token;
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace kforge::kube
