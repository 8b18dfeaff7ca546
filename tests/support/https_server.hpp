// SPDX-License-Identifier: Apache-2.0
// Real servers on loopback for tests of the transport: HTTP/1.1 over TLS or plain, an HTTP proxy with CONNECT, and a
// SOCKS5 proxy. Each runs on threads of its own, on a free port, until the end of its scope.
#pragma once

#include "tests/support/certificates.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kforge::tests {

// A request as it arrived.
struct HttpRequest {
  std::string method, target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// The server's end of a connection. Writing to a client that has gone is no error.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::size_t read(char* data, std::size_t size) = 0;  // 0 at the end
  virtual void write(std::string_view bytes) = 0;
  virtual void reset() = 0;                               // the connection breaks (RST), no TLS goodbye
  virtual std::string client_name() const { return {}; }  // CN of the client's certificate
  virtual std::string server_name() const { return {}; }  // SNI
  // Blocks until the client has closed, or the server ends.
  void wait_for_close();
};

// Answers one request; the connection stays open when it returns true.
using HttpResponder = std::function<bool(const HttpRequest& request, Peer& peer)>;

// "HTTP/1.1 200 OK" with a body and its length.
std::string http_response(std::string_view body, const std::string& status = "200 OK", const std::string& headers = "");

// Listens on 127.0.0.1 and gives every connection a thread.
class Listener {
 public:
  using Serve = std::function<void(int socket)>;
  explicit Listener(Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void accept_all();
  int socket_ = -1, port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<bool> ending_{false};
  Serve serve_;
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

struct TlsOptions {
  KeyPair certificate;
  std::string client_authority_pem;  // not empty: a client certificate of this authority is required
};

class HttpServer {
 public:
  HttpServer(TlsOptions tls, HttpResponder responder);  // https
  explicit HttpServer(HttpResponder responder);         // http
  ~HttpServer();
  int port() const;
  int connections() const;
  std::vector<HttpRequest> requests() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Forwards CONNECT to wherever it is told (host and port), or always to `target_port` on loopback when that is set.
class ProxyServer {
 public:
  enum class Kind { http, socks5 };
  ProxyServer(Kind kind, int target_port);
  ~ProxyServer();
  int port() const;
  // "host:port" of every tunnel that was asked for, and the whole text of the last CONNECT request.
  std::vector<std::string> tunnels() const;
  std::string last_request() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::tests
