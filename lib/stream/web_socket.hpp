// SPDX-License-Identifier: Apache-2.0
// A WebSocket to a subresource of a pod (exec, portforward), with the credentials, trust and proxy of a kube::Client.
#pragma once

#include "stream/asio.hpp"

#include "kube/client.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::stream {

class WebSocket {
 public:
  // Asks for the first of `protocols` that the server knows. Throws Error as a request of the client would: 403 names
  // the missing right, 401 renews the credentials once.
  static Task<std::unique_ptr<WebSocket>> open(kube::Client& client, std::string path,
                                               std::vector<std::string> protocols);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  const std::string& protocol() const;
  // The next message, valid until the next call; false when the server has closed. Throws Error{unreachable} when the
  // connection breaks. A peer that is silent for a minute, not even answering pings, is gone.
  Task<bool> read(std::string_view& message);
  // One binary message: a channel number and its bytes. Waits for messages that are being sent. Bytes of a connection
  // that has ended are dropped; read() tells about the end.
  Task<void> write(unsigned char channel, std::string_view bytes);
  Task<void> close();
  // Ends the connection at once, whatever is under way.
  void abort();

 private:
  struct State;
  explicit WebSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kforge::stream
