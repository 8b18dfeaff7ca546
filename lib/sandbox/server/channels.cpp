// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/channels.hpp"

#include "base/text.hpp"
#include "sandbox/api/status.hpp"

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

constexpr unsigned end_of_channel = 255;  // v5: the next byte names the channel that ends
constexpr std::array<std::string_view, 2> protocols{"v5.channel.k8s.io", "v4.channel.k8s.io"};

// The best protocol that both know; empty when there is none.
std::string_view protocol_of(const HttpRequest& request) {
  const std::vector<std::string> offered = split(request.header("sec-websocket-protocol"), ',');
  for (const std::string_view known : protocols)
    if (std::ranges::any_of(offered, [&](const std::string& name) { return trim(name) == known; })) return known;
  return {};
}

}  // namespace

bool Channels::is_asked_for(const HttpRequest& request) {
  return to_lower(request.header("upgrade")) == "websocket" && !protocol_of(request).empty();
}

std::shared_ptr<Channels> Channels::accept(const HttpRequest& request, Responder& responder) {
  const std::string_view key = request.header("sec-websocket-key"), protocol = protocol_of(request);
  if (key.empty() || request.header("sec-websocket-version") != "13")
    throw bad_request("websocket: the handshake lacks a key or is not of version 13");
  auto channels = std::make_shared<Channels>();
  channels->tell_ends_ = protocol == protocols.front();
  channels->stream_ = responder.upgrade({101,
                                         {{"Upgrade", "websocket"},
                                          {"Connection", "Upgrade"},
                                          {"Sec-WebSocket-Accept", web_socket_accept(key)},
                                          {"Sec-WebSocket-Protocol", std::string(protocol)}},
                                         {},
                                         {}});
  Channels* const self = channels.get();
  self->reader_.on_message = [self](const std::string& text) { self->message(text); };
  self->reader_.on_ping = [self](std::string payload) {
    self->stream_->write(web_socket_frame(Opcode::pong, payload));
  };
  self->reader_.on_close = [self] {
    self->close();
    self->gone();
  };
  // The stream's callbacks keep the channels alive until the connection ends.
  self->stream_->on_bytes = [channels](std::string_view bytes) { channels->feed(bytes); };
  self->stream_->on_closed = [channels] { channels->gone(); };
  return channels;
}

void Channels::feed(std::string_view bytes) {
  const auto alive = shared_from_this();
  if (!reader_.feed(bytes)) {
    stream_->write(web_socket_close(1002, "protocol error"));
    close();
    gone();
  }
}

void Channels::message(std::string_view text) {
  if (text.empty()) return;
  const auto channel = static_cast<unsigned char>(text.front());
  if (channel == end_of_channel && tell_ends_) {
    if (text.size() > 1 && on_end) on_end(static_cast<unsigned char>(text[1]));
  } else if (on_data) {
    on_data(channel, text.substr(1));
  }
}

void Channels::send(unsigned channel, std::string_view data) {
  if (closed_) return;
  stream_->write(web_socket_frame(Opcode::binary, std::string(1, static_cast<char>(channel)).append(data)));
}

void Channels::close() {
  if (std::exchange(closed_, true)) return;
  stream_->write(web_socket_close(1000));
  stream_->close();
}

void Channels::gone() {
  const auto alive = shared_from_this();
  closed_ = true;
  on_data = nullptr;
  on_end = nullptr;
  if (const auto action = std::exchange(on_closed, nullptr)) action();
}

}  // namespace kforge::sandbox
