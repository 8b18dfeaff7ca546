// SPDX-License-Identifier: Apache-2.0
#include "http/url.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

namespace kforge::http {
namespace {

int default_port(std::string_view scheme) {
  if (scheme == "https") return 443;
  return scheme.starts_with("socks") ? 1080 : 80;
}

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535) return std::nullopt;
  return port;
}

// "host:port", "[::1]:port", or either without a port.
bool parse_authority(std::string_view text, Url& url) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  if (text.starts_with('[') && bracket == std::string_view::npos) return false;
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = bracket == std::string_view::npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
  if (colon != std::string_view::npos) {
    const std::optional<int> port = parse_port(text.substr(colon + 1));
    if (!port) return false;
    url.port = *port;
  }
  return !url.host.empty() && url.host.find_first_of(" \t\r\n\"<>\\^`{|}") == std::string::npos;
}

}  // namespace

std::string Url::authority() const {
  return contains(host, ":") ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::optional<Url> parse_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return std::nullopt;
  Url url;
  url.scheme = to_lower(text.substr(0, scheme_end));
  url.port = default_port(url.scheme);
  text.remove_prefix(scheme_end + 3);
  text = text.substr(0, text.find_first_of("?#"));
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  std::string_view authority = text.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  if (!parse_authority(authority, url)) return std::nullopt;
  return url;
}

std::string without_userinfo(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t end = url.find_first_of("/?#", start);
  const std::size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < start) return std::string(url);
  return std::string(url.substr(0, start)) + std::string(url.substr(at + 1));
}

bool is_loopback(std::string_view host) {
  const std::string text(host);
  if (to_lower(host) == "localhost") return true;
  in_addr four{};
  if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  std::array<unsigned char, 16> six{}, one{};
  one[15] = 1;
  return ::inet_pton(AF_INET6, text.c_str(), six.data()) == 1 && six == one;
}

}  // namespace kforge::http
