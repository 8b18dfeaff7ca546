// SPDX-License-Identifier: Apache-2.0
// Numbered channels over one WebSocket (v5.channel.k8s.io and v4.channel.k8s.io): the first byte of a message says
// which.
#pragma once

#include "sandbox/server/http_server.hpp"
#include "sandbox/server/web_socket.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace kforge::sandbox {

class Channels : public std::enable_shared_from_this<Channels> {
 public:
  std::function<void(unsigned channel, std::string_view data)> on_data;
  std::function<void(unsigned channel)> on_end;  // the client closed one channel (v5)
  std::function<void()> on_closed;               // the client has gone; called once

  // Whether a request asks for a WebSocket with one of the protocols.
  static bool is_asked_for(const HttpRequest& request);
  // Answers 101. Throws Refusal (400) when the handshake cannot be read.
  static std::shared_ptr<Channels> accept(const HttpRequest& request, Responder& responder);

  void send(unsigned channel, std::string_view data);
  // A close frame, then the end of the connection.
  void close();

 private:
  void feed(std::string_view bytes);
  void message(std::string_view text);
  void gone();

  std::shared_ptr<UpgradedStream> stream_;
  WebSocketReader reader_;
  bool closed_ = false, tell_ends_ = false;
};

}  // namespace kforge::sandbox
