// SPDX-License-Identifier: Apache-2.0
#include "stream/pod_port.hpp"

#include "base/text.hpp"
#include "kube/redact.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::stream {
namespace {

constexpr unsigned char data_channel = 0, error_channel = 1;
constexpr std::size_t port_bytes = 2;  // little endian, before anything else on a channel
// The API server and kubelets read a message as a whole, so it is kept small.
constexpr std::size_t piece = std::size_t{32} << 10;

}  // namespace

Task<std::unique_ptr<PodConnection>> PodConnection::open(kube::Client& client, PodPort target) {
  std::string path =
      fmt::format("/api/v1/namespaces/{}/pods/{}/portforward?ports={}", target.name_space, target.pod, target.port);
  std::vector<std::string> protocols{"v4.channel.k8s.io"};
  auto socket = co_await WebSocket::open(client, std::move(path), std::move(protocols));
  co_return std::unique_ptr<PodConnection>(new PodConnection(std::move(socket), std::move(target)));
}

Task<bool> PodConnection::read(std::string_view& bytes) {
  std::string_view message;
  for (;;) {
    const bool more = co_await socket_->read(message);
    if (!more) co_return false;
    const auto channel = static_cast<unsigned char>(message[0]);
    message.remove_prefix(1);
    if (channel > error_channel) continue;
    std::string& skipped = skipped_[channel];
    const std::size_t rest = std::min(port_bytes - skipped.size(), message.size());
    skipped.append(message.substr(0, rest));
    message.remove_prefix(rest);
    if (message.empty()) continue;
    if (channel == error_channel)
      throw Error(ErrorKind::unreachable, fmt::format("cannot reach port {} of pod '{}'", target_.port, target_.pod))
          .why(kube::safe_text(trim(message)))
          .hint("does the container listen on that port?");
    bytes = message;
    co_return true;
  }
}

Task<void> PodConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    co_await socket_->write(data_channel, bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
}

}  // namespace kforge::stream
