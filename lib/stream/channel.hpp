// SPDX-License-Identifier: Apache-2.0
// The byte stream to a server: TCP, TLS over it, or TLS through an https proxy. An AsyncStream of Boost.Beast.
#pragma once

#include "stream/asio.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <variant>

namespace kforge::stream {

class Channel {
 public:
  using Tcp = asio::ip::tcp::socket;
  using Tls = asio::ssl::stream<Tcp>;
  using TlsInTls = asio::ssl::stream<Tls>;
  using Any = std::variant<std::unique_ptr<Tcp>, std::unique_ptr<Tls>, std::unique_ptr<TlsInTls>>;
  using executor_type = Tcp::executor_type;

  explicit Channel(Any stream) : stream_(std::move(stream)) {}
  executor_type get_executor() { return socket().get_executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return std::visit([&](auto& stream) { return stream->async_read_some(buffers, std::forward<Token>(token)); },
                      stream_);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return std::visit([&](auto& stream) { return stream->async_write_some(buffers, std::forward<Token>(token)); },
                      stream_);
  }

  Tcp& socket() {
    if (auto* tcp = std::get_if<std::unique_ptr<Tcp>>(&stream_)) return **tcp;
    if (auto* tls = std::get_if<std::unique_ptr<Tls>>(&stream_)) return (*tls)->next_layer();
    return std::get<std::unique_ptr<TlsInTls>>(stream_)->next_layer().next_layer();
  }
  void close() {
    error_code ignored;
    socket().close(ignored);
  }

 private:
  Any stream_;
};

// What Beast does after the closing handshake of a WebSocket: nobody waits for the other's TLS farewell.
inline void teardown(boost::beast::role_type, Channel& channel, error_code& ec) {
  channel.close();
  ec = {};
}
// How Beast ends a connection whose time is up.
inline void beast_close_socket(Channel& channel) {
  channel.close();
}
template <class Handler>
void async_teardown(boost::beast::role_type, Channel& channel, Handler&& handler) {
  channel.close();
  asio::post(channel.get_executor(), boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

}  // namespace kforge::stream
