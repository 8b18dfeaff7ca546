// SPDX-License-Identifier: Apache-2.0
// A connection to a port of a pod, through the API server: the port-forward channels of v4.channel.k8s.io (api-client
// §7.4), one WebSocket for each connection.
#pragma once

#include "stream/web_socket.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace kforge::stream {

struct PodPort {
  std::string name_space, pod;
  int port = 0;
};

class PodConnection {
 public:
  // Throws Error when the pod cannot be reached; that nothing listens on its port shows when it is read.
  static Task<std::unique_ptr<PodConnection>> open(kube::Client& client, PodPort target);

  // Bytes of the pod, valid until the next call; false at the end. Throws Error{unreachable} with the node's words when
  // nothing listens there, or when the connection breaks.
  Task<bool> read(std::string_view& bytes);
  Task<void> write(std::string_view bytes);
  Task<void> close() { return socket_->close(); }
  void abort() { socket_->abort(); }

 private:
  PodConnection(std::unique_ptr<WebSocket> socket, PodPort target)
      : socket_(std::move(socket)), target_(std::move(target)) {}

  std::unique_ptr<WebSocket> socket_;
  PodPort target_;
  std::string skipped_[2];  // the port numbers that come first on each channel
};

}  // namespace kforge::stream
