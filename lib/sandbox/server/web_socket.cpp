// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/web_socket.hpp"

#include "base/text.hpp"

#include <openssl/sha.h>

#include <array>

namespace kforge::sandbox {
namespace {

constexpr std::size_t largest_message = std::size_t{16} << 20;

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& text, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    text += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
}

}  // namespace

std::string web_socket_accept(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string web_socket_frame(Opcode opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80U | static_cast<unsigned>(opcode)));
  if (payload.size() < 126) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xFFFF) {
    frame += static_cast<char>(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(127);
    append_big_endian(frame, payload.size(), 8);
  }
  frame += payload;
  return frame;
}

std::string web_socket_close(std::uint16_t code, std::string_view reason) {
  std::string payload;
  append_big_endian(payload, code, 2);
  payload += reason;
  return web_socket_frame(Opcode::close, payload);
}

bool WebSocketReader::feed(std::string_view bytes) {
  if (broken_ || closed_) return !broken_;
  buffer_ += bytes;
  while (!broken_ && !closed_ && take_frame()) {
  }
  return !broken_;
}

bool WebSocketReader::take_frame() {
  if (buffer_.size() < 2) return false;
  const auto first = static_cast<unsigned char>(buffer_[0]), second = static_cast<unsigned char>(buffer_[1]);
  const std::size_t length_bytes = (second & 0x7FU) == 127 ? 8 : (second & 0x7FU) == 126 ? 2 : 0;
  const std::size_t header = 2 + length_bytes + 4;
  if ((second & 0x80U) == 0 || (first & 0x70U) != 0) {  // clients mask, and no extension was agreed on
    broken_ = true;
    return false;
  }
  if (buffer_.size() < header) return false;
  const std::uint64_t size =
      length_bytes == 0 ? second & 0x7FU : big_endian(std::string_view(buffer_).substr(2, length_bytes));
  if (size > largest_message || message_.size() + size > largest_message) {
    broken_ = true;
    return false;
  }
  if (buffer_.size() < header + size) return false;
  std::string payload = buffer_.substr(header, size);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ buffer_[header - 4 + i % 4]);
  buffer_.erase(0, header + size);
  deliver(static_cast<Opcode>(first & 0x0FU), (first & 0x80U) != 0, std::move(payload));
  return true;
}

void WebSocketReader::deliver(Opcode opcode, bool final, std::string payload) {
  switch (opcode) {
    case Opcode::continuation:
    case Opcode::text:
    case Opcode::binary:
      message_ += payload;
      if (final && on_message) on_message(std::exchange(message_, {}));
      return;
    case Opcode::ping:
      if (on_ping) on_ping(std::move(payload));
      return;
    case Opcode::pong:
      return;
    case Opcode::close:
      closed_ = true;
      if (on_close) on_close();
      return;
  }
  broken_ = true;
}

}  // namespace kforge::sandbox
