// SPDX-License-Identifier: Apache-2.0
#include "http/proxy.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace kforge::http {
namespace {

// An address as bytes, most significant first: 4 or 16 of them.
std::optional<std::vector<unsigned char>> address_bytes(std::string_view host) {
  const std::string text(host);
  std::vector<unsigned char> bytes(4);
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(16);
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  return std::nullopt;
}

bool in_range(std::string_view range, std::string_view host) {
  const std::size_t slash = range.find('/');
  const auto network = address_bytes(range.substr(0, slash)), address = address_bytes(host);
  const std::string_view bits_text = range.substr(slash + 1);
  std::size_t bits = 0;
  const auto [end, error] = std::from_chars(bits_text.data(), bits_text.data() + bits_text.size(), bits);
  if (!network || !address || network->size() != address->size() || error != std::errc{} ||
      end != bits_text.data() + bits_text.size() || bits > network->size() * 8)
    return false;
  for (std::size_t i = 0; i < bits; ++i)
    if ((((*network)[i / 8] ^ (*address)[i / 8]) & (0x80U >> (i % 8))) != 0) return false;
  return true;
}

bool in_domain(std::string_view domain, std::string_view host) {
  if (domain.starts_with('*')) domain.remove_prefix(1);
  if (domain.starts_with('.')) return host.ends_with(domain);
  return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

bool matches(std::string_view entry, const Url& server) {
  if (entry == "*") return true;
  if (contains(entry, "/")) return in_range(entry, server.host);
  std::string host(entry), port;
  if (!address_bytes(entry)) {
    const std::size_t colon = entry.rfind(':');
    host = entry.substr(0, colon);
    if (colon != std::string_view::npos) port = entry.substr(colon + 1);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  }
  if (host.empty() || (!port.empty() && port != std::to_string(server.port))) return false;
  const auto address = address_bytes(host);
  return address ? address == address_bytes(server.host) : in_domain(host, to_lower(server.host));
}

std::string for_curl(std::string url) {
  if (!contains(url, "://")) return "http://" + url;
  if (to_lower(url).starts_with("socks5://")) return "socks5h" + url.substr(6);
  return url;
}

}  // namespace

bool is_excluded_from_proxy(std::string_view no_proxy, const Url& server) {
  const std::vector<std::string> entries = split(no_proxy, ',');
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    const std::string_view trimmed = trim(entry);
    return !trimmed.empty() && matches(to_lower(trimmed), server);
  });
}

std::string proxy_for(const Connection& connection, const Url& server) {
  if (connection.proxy_url) return for_curl(*connection.proxy_url);
  if (!connection.proxy_from_environment || is_loopback(server.host)) return {};
  const std::string& proxy = server.scheme == "https" ? connection.https_proxy : connection.http_proxy;
  if (proxy.empty() || is_excluded_from_proxy(connection.no_proxy, server)) return {};
  return for_curl(proxy);
}

}  // namespace kforge::http
