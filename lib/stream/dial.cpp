// SPDX-License-Identifier: Apache-2.0
#include "stream/dial.hpp"

#include "stream/proxy_handshake.hpp"
#include "stream/tls_context.hpp"

#include "http/proxy.hpp"

#include <boost/asio/connect.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <optional>

namespace kforge::stream {
namespace {

using asio::ip::tcp;
using Tls = Channel::Tls;
using TlsInTls = Channel::TlsInTls;

constexpr std::chrono::seconds patience{30};  // Go's dial timeout, as in lib/http

// Closes the socket of an attempt that takes too long; what waits for it then fails.
class Deadline {
 public:
  Deadline(tcp::socket& socket, bool& expired) : timer_(socket.get_executor(), patience) {
    timer_.async_wait([&socket, &expired](error_code ec) {
      if (ec) return;
      expired = true;
      error_code ignored;
      socket.close(ignored);
    });
  }

 private:
  asio::steady_timer timer_;
};

Task<std::unique_ptr<tcp::socket>> connect(const http::Url& to, http::Failure name_failure) {
  const auto executor = co_await asio::this_coro::executor;
  auto socket = std::make_unique<tcp::socket>(executor);
  bool expired = false;
  const Deadline deadline(*socket, expired);
  tcp::resolver resolver(executor);
  error_code ec;
  const auto addresses = co_await resolver.async_resolve(to.host, fmt::format("{}", to.port), into(ec));
  if (ec) throw DialError{name_failure, fmt::format("cannot find the address of {}: {}", to.host, ec.message())};
  co_await asio::async_connect(*socket, addresses, into(ec));
  if (expired) throw DialError{http::Failure::connect_timeout, "no connection within 30 s"};
  if (ec == asio::error::connection_refused) throw DialError{http::Failure::refused, ec.message()};
  if (ec) throw DialError{http::Failure::other, ec.message()};
  socket->set_option(tcp::no_delay(true));
  socket->set_option(asio::socket_base::keep_alive(true));
  // A peer that vanished is noticed after 45 s, as in lib/http.
  const unsigned milliseconds = 45'000;
  ::setsockopt(socket->native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  co_return socket;
}

// The client certificate may be what is wrong; servers of TLS 1.3 tell that later, others now.
DialError refused_handshake(SSL* ssl, const error_code& ec) {
  const http::Failure failure = tls_failure(ssl);
  const std::string verdict = X509_verify_cert_error_string(SSL_get_verify_result(ssl));
  return {failure, failure == http::Failure::tls_other ? ec.message() : verdict};
}

template <class Stream>
Task<void> shake_hands(Stream& stream, tcp::socket& socket, const std::string& name) {
  expect_peer(stream.native_handle(), name);
  bool expired = false;
  const Deadline deadline(socket, expired);
  error_code ec;
  co_await stream.async_handshake(asio::ssl::stream_base::client, into(ec));
  if (expired) throw DialError{http::Failure::connect_timeout, "no TLS handshake within 30 s"};
  if (ec) throw refused_handshake(stream.native_handle(), ec);
}

// Contexts of TLS are read by connections for as long as these live: OpenSSL counts its own references.
Task<Channel> secured(std::unique_ptr<tcp::socket> socket, const http::Connection& connection,
                      const http::Url& server) {
  if (server.scheme != "https") co_return Channel(std::move(socket));
  asio::ssl::context context = server_tls(connection);
  auto tls = std::make_unique<Tls>(std::move(*socket), context);
  co_await shake_hands(*tls, tls->next_layer(),
                       connection.tls_server_name.empty() ? server.host : connection.tls_server_name);
  co_return Channel(std::move(tls));
}

Task<Channel> through_tls_proxy(std::unique_ptr<tcp::socket> socket, const http::Connection& connection,
                                const http::Url& proxy, const http::Url& server) {
  asio::ssl::context outer_context = proxy_tls(connection), inner_context = server_tls(connection);
  Tls outer(std::move(*socket), outer_context);
  co_await shake_hands(outer, outer.next_layer(), proxy.host);
  co_await connect_through_http(outer, proxy, server);
  auto inner = std::make_unique<TlsInTls>(std::move(outer), inner_context);
  co_await shake_hands(*inner, inner->next_layer().next_layer(),
                       connection.tls_server_name.empty() ? server.host : connection.tls_server_name);
  co_return Channel(std::move(inner));
}

}  // namespace

Task<Channel> dial(const http::Connection& connection, const http::Url& server) {
  const std::string proxy_text = http::proxy_for(connection, server);
  if (proxy_text.empty())
    co_return co_await secured(co_await connect(server, http::Failure::resolve), connection, server);
  const std::optional<http::Url> proxy = http::parse_url(proxy_text);
  if (!proxy) throw DialError{http::Failure::proxy, "the proxy's address is not a URL"};
  auto socket = co_await connect(*proxy, http::Failure::proxy);
  if (proxy->scheme == "https") co_return co_await through_tls_proxy(std::move(socket), connection, *proxy, server);
  if (proxy->scheme.starts_with("socks5"))
    co_await connect_through_socks5(*socket, *proxy, server);
  else
    co_await connect_through_http(*socket, *proxy, server);
  co_return co_await secured(std::move(socket), connection, server);
}

}  // namespace kforge::stream
