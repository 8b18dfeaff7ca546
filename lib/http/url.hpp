// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kforge::http {

// "https://user:password@[::1]:6443/prefix" taken apart.
struct Url {
  std::string scheme;    // lower case
  std::string userinfo;  // "user:password", a secret
  std::string host;      // without the brackets of IPv6
  int port = 0;          // given, or the scheme's own (443, 80, 1080)
  std::string path;      // "/prefix" without trailing slashes, query and fragment; may be empty

  std::string authority() const;  // "[::1]:6443"
};
// Empty without a scheme, without a host, or with a bad port.
std::optional<Url> parse_url(std::string_view text);
// The URL without user name and password, for messages.
std::string without_userinfo(std::string_view url);
// "localhost" and addresses of the loopback networks.
bool is_loopback(std::string_view host);

}  // namespace kforge::http
