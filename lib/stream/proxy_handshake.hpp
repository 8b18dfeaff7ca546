// SPDX-License-Identifier: Apache-2.0
// Asking a proxy for a way to the server: HTTP CONNECT (RFC 9110 §9.3.6) and SOCKS 5 (RFC 1928, 1929).
#pragma once

#include "stream/dial.hpp"

#include "base/text.hpp"
#include "http/url.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace kforge::stream {

// "user:password" of a URL with its percent escapes resolved.
std::string decoded_userinfo(std::string_view userinfo);

// Throws DialError{proxy} unless the status line says 2xx.
void check_connect_answer(std::string_view head);

template <class Stream>
Task<void> connect_through_http(Stream& stream, const http::Url& proxy, const http::Url& server) {
  std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", server.authority());
  if (!proxy.userinfo.empty())
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", base64_encode(decoded_userinfo(proxy.userinfo)));
  request += "\r\n";
  error_code ec;
  co_await asio::async_write(stream, asio::buffer(request), into(ec));
  std::string head;
  // Behind the empty line comes nothing before we speak: in TLS and in HTTP the client begins.
  if (!ec) co_await asio::async_read_until(stream, asio::dynamic_buffer(head, 16384), "\r\n\r\n", into(ec));
  if (ec) throw DialError{http::Failure::proxy, fmt::format("the proxy ended the connection: {}", ec.message())};
  check_connect_answer(head);
}

Task<void> connect_through_socks5(asio::ip::tcp::socket& socket, const http::Url& proxy, const http::Url& server);

}  // namespace kforge::stream
