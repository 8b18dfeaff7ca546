// SPDX-License-Identifier: Apache-2.0
#include "tests/support/https_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace kforge::tests {
namespace {

bool read_exactly(int socket, char* data, std::size_t size) {
  return ::recv(socket, data, size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

void send_all(int socket, std::string_view bytes) {
  ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

bool forward(int from, int to) {
  std::array<char, 16384> buffer{};
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got > 0) send_all(to, {buffer.data(), static_cast<std::size_t>(got)});
  return got > 0;
}

// Carries bytes both ways until one side ends.
void relay(int client, int port) {
  const int server = connect_to(port);
  if (server < 0) return;
  for (bool open = true; open;) {
    std::array<pollfd, 2> entries{{{client, POLLIN, 0}, {server, POLLIN, 0}}};
    if (::poll(entries.data(), entries.size(), -1) < 0) break;
    if (entries[0].revents != 0) open = forward(client, server);
    if (open && entries[1].revents != 0) open = forward(server, client);
  }
  ::close(server);
}

}  // namespace

struct ProxyServer::State {
  void remember(const std::string& tunnel, const std::string& text) {
    const std::lock_guard lock(mutex);
    tunnels.push_back(tunnel);
    request = text;
  }
  void serve_http(int socket) {
    std::string head;
    for (char c = 0; !head.ends_with("\r\n\r\n");) {
      if (!read_exactly(socket, &c, 1)) return;
      head += c;
    }
    const std::size_t start = head.find(' ') + 1;
    remember(head.substr(start, head.find(' ', start) - start), head);
    send_all(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
    relay(socket, target_port);
  }
  // RFC 1928, no authentication, CONNECT with a name or an IPv4 address.
  void serve_socks(int socket) {
    std::array<char, 256> data{};
    if (!read_exactly(socket, data.data(), 2) ||
        !read_exactly(socket, data.data(), static_cast<unsigned char>(data[1])))
      return;
    send_all(socket, std::string_view("\x05\x00", 2));
    if (!read_exactly(socket, data.data(), 4)) return;
    const bool by_name = data[3] == 3;
    char length = 4;
    if (by_name && !read_exactly(socket, &length, 1)) return;
    if (!read_exactly(socket, data.data(), static_cast<unsigned char>(length))) return;
    const std::string host = by_name ? std::string(data.data(), static_cast<unsigned char>(length)) : "an address";
    std::array<unsigned char, 2> port{};
    if (!read_exactly(socket, reinterpret_cast<char*>(port.data()), 2)) return;
    remember(host + ":" + std::to_string(port[0] * 256 + port[1]), {});
    send_all(socket, std::string_view("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", 10));
    relay(socket, target_port);
  }

  int target_port = 0;
  mutable std::mutex mutex;
  std::vector<std::string> tunnels;
  std::string request;
  std::unique_ptr<Listener> listener;
};

ProxyServer::ProxyServer(Kind kind, int target_port) : state_(std::make_unique<State>()) {
  state_->target_port = target_port;
  state_->listener = std::make_unique<Listener>([state = state_.get(), kind](int socket) {
    if (kind == Kind::http)
      state->serve_http(socket);
    else
      state->serve_socks(socket);
  });
}

ProxyServer::~ProxyServer() {
  state_->listener.reset();
}

int ProxyServer::port() const {
  return state_->listener->port();
}

std::vector<std::string> ProxyServer::tunnels() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tunnels;
}

std::string ProxyServer::last_request() const {
  const std::lock_guard lock(state_->mutex);
  return state_->request;
}

}  // namespace kforge::tests
