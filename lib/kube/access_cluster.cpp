// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "kube/access_parts.hpp"
#include "kube/pem.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

std::string named(const ClusterAccess& access) {
  return access.cluster.empty() ? "the cluster of --server" : fmt::format("cluster '{}'", access.cluster);
}

std::string server_problem(const std::string& server) {
  if (server.empty()) return "has no server address";
  const std::optional<http::Url> url = http::parse_url(server);
  if (!url && !contains(server, "://"))
    return fmt::format("server '{}' needs its scheme: https://{}", printable(server), printable(server));
  if (!url) return fmt::format("server '{}' is not a URL", printable(http::without_userinfo(server)));
  if (!url->userinfo.empty()) return "the server address must not hold a user name or password";
  if (url->scheme == "http" && !http::is_loopback(url->host))
    return fmt::format("server '{}' is not encrypted: use https:// (http:// is for loopback only)", printable(server));
  if (url->scheme != "https" && url->scheme != "http")
    return fmt::format("server '{}' must start with https://", printable(server));
  return {};
}

// Without query, fragment and trailing slashes; a path prefix stays (Rancher).
std::string base_url(const std::string& server) {
  std::string url = server.substr(0, server.find_first_of("?#"));
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string decoded(const std::string& data, const std::string& field, Problems& problems) {
  try {
    return base64_decode(data);
  } catch (const Error&) {
    problems.push_back(field + " is not valid base64");
    return {};
  }
}

void add_trust(ClusterAccess& access, const ClusterEntry& entry, Problems& problems) {
  const bool from_path = !entry.certificate_authority.empty(), from_data = !entry.certificate_authority_data.empty();
  access.connection.insecure_skip_tls_verify = entry.insecure_skip_tls_verify;
  if (from_path && from_data)
    problems.push_back(named(access) + " has both certificate-authority and certificate-authority-data, keep one");
  if ((from_path || from_data) && entry.insecure_skip_tls_verify)
    problems.push_back(named(access) +
                       " has a certificate authority and insecure-skip-tls-verify, which contradict each other");
  if (entry.insecure_skip_tls_verify) {
    access.ca_source = "none (insecure)";
    access.warnings.push_back(named(access) +
                              " is not verified (insecure-skip-tls-verify): anybody in between can read along");
    return;
  }
  if (!from_path && !from_data) {
    const std::string& file = access.connection.system_ca_file;
    access.ca_source = file.empty() ? "system" : "system " + file;
    return;
  }
  const std::size_t before = problems.size();
  access.ca_source = from_path ? "file " + entry.certificate_authority : "inline";
  access.connection.ca_pem =
      from_path ? read_named(entry.certificate_authority, named(access), problems)
                : decoded(entry.certificate_authority_data, named(access) + ": certificate-authority-data", problems);
  if (problems.size() == before && count_certificates(*access.connection.ca_pem) == 0)
    problems.push_back(fmt::format("{}: {} holds no certificate", named(access),
                                   from_path ? entry.certificate_authority : "certificate-authority-data"));
}

void add_proxy(ClusterAccess& access, const ClusterEntry& entry, Problems& problems) {
  if (entry.proxy_url.empty()) return;
  const std::optional<http::Url> url = http::parse_url(entry.proxy_url);
  if (!url || (url->scheme != "http" && url->scheme != "https" && url->scheme != "socks5" && url->scheme != "socks5h"))
    problems.push_back(named(access) + ": proxy-url must start with http://, https:// or socks5://");
  else
    access.connection.proxy_url = entry.proxy_url;
}

}  // namespace

void add_cluster(ClusterAccess& access, const ClusterEntry& entry, const Environment& environment, Problems& problems) {
  add_surroundings(access.connection, environment);
  if (const std::string problem = server_problem(entry.server); !problem.empty())
    problems.push_back(named(access) + (entry.server.empty() ? " " : ": ") + problem);
  access.connection.base_url = base_url(entry.server);
  access.connection.tls_server_name = entry.tls_server_name;
  access.connection.disable_compression = entry.disable_compression;
  add_trust(access, entry, problems);
  add_proxy(access, entry, problems);
}

}  // namespace kforge::kube
