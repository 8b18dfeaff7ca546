// SPDX-License-Identifier: Apache-2.0
// Which proxy leads to a server: the rules of Go's net/http (golang.org/x/net/http/httpproxy), which every Kubernetes
// client follows, and not libcurl's, which differ for loopback, CIDR and upper-case names.
#pragma once

#include "http/transport.hpp"
#include "http/url.hpp"

#include <string>
#include <string_view>

namespace kforge::http {

// The proxy's URL, ready for libcurl ("socks5" resolves names at the proxy: socks5h), or empty for a direct connection.
std::string proxy_for(const Connection& connection, const Url& server);

// NO_PROXY: "*", IP addresses, CIDR ranges, domains ("example.com" with its subdomains, ".example.com" only these),
// each with an optional port.
bool is_excluded_from_proxy(std::string_view no_proxy, const Url& server);

}  // namespace kforge::http
