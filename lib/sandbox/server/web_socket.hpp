// SPDX-License-Identifier: Apache-2.0
// WebSocket frames (RFC 6455) over a byte stream: what kubectl exec and port-forward speak after the upgrade.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kforge::sandbox {

// Sec-WebSocket-Accept of a key (RFC 6455 §4.2.2).
std::string web_socket_accept(std::string_view key);

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
// One unmasked frame, as a server sends them.
std::string web_socket_frame(Opcode opcode, std::string_view payload);
std::string web_socket_close(std::uint16_t code, std::string_view reason = {});

// Takes bytes as they come and gives whole messages.
class WebSocketReader {
 public:
  std::function<void(std::string message)> on_message;
  std::function<void(std::string payload)> on_ping;
  std::function<void()> on_close;

  // False when the client breaks the protocol or a message is larger than 16 MiB; nothing more is read then.
  bool feed(std::string_view bytes);

 private:
  // Takes one frame off the front of the buffer; false when there is none yet.
  bool take_frame();
  void deliver(Opcode opcode, bool final, std::string payload);

  std::string buffer_, message_;
  bool broken_ = false, closed_ = false;
};

}  // namespace kforge::sandbox
