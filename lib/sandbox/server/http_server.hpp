// SPDX-License-Identifier: Apache-2.0
// HTTPS on loopback: Boost.Asio and Beast, HTTP/1.1, one thread. Knows nothing of Kubernetes.
#pragma once

#include "sandbox/timers.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kforge::sandbox {

// Who the client certificate says it is; `user` is empty without one.
struct Peer {
  std::string user;                 // common name
  std::vector<std::string> groups;  // organisations
};

struct HttpRequest {
  std::string method;
  std::string path;                                         // still percent-encoded
  std::vector<std::pair<std::string, std::string>> query;   // decoded, in order
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::string body;
  Peer peer;

  std::string_view header(std::string_view name) const;  // empty when absent
  // The first value of a query parameter, or the fallback.
  std::string parameter(std::string_view name, std::string_view fallback = {}) const;
  std::vector<std::string> parameters(std::string_view name) const;
  bool flag(std::string_view name) const;  // "true", "1"
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json";
  std::string body;
};

// A byte stream after `101 Switching Protocols`: WebSocket frames are the caller's business.
struct UpgradedStream {
  virtual ~UpgradedStream() = default;
  virtual void write(std::string bytes) = 0;  // queued
  virtual void close() = 0;                   // after what is queued
  std::function<void(std::string_view)> on_bytes;
  std::function<void()> on_closed;
};

// The answer to one request; use exactly one of send, begin and upgrade. May be kept and used later, from the loop's
// thread; calls after the client has gone do nothing.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void send(HttpResponse response) = 0;
  // A chunked answer of unknown length.
  virtual void begin(HttpResponse head) = 0;
  virtual void write(std::string chunk) = 0;
  virtual void end() = 0;
  // Cuts the connection in the middle: faults.
  virtual void reset() = 0;
  // The same once everything written so far has been sent.
  virtual void cut_when_sent() = 0;
  virtual std::shared_ptr<UpgradedStream> upgrade(HttpResponse head) = 0;
  // Bytes handed over and not yet sent; a slow reader grows it.
  virtual std::size_t queued() const = 0;
  // Called once when the client has gone before the end.
  virtual void on_closed(std::function<void()> action) = 0;
};

using RequestHandler = std::function<void(HttpRequest, std::shared_ptr<Responder>)>;

struct ServerCertificates {
  std::string certificate_pem, key_pem;  // of the server
  std::string client_ca_pem;             // signs the clients
};

class HttpServer {
 public:
  // Binds 127.0.0.1:port (0: a free one) and accepts at once; `timers` gives the Date of answers. Throws
  // Error{unreachable} when the port is taken.
  HttpServer(boost::asio::io_context& loop, const ServerCertificates& certificates, std::uint16_t port,
             const Timers& timers, RequestHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  std::uint16_t port() const;
  // Replaces the server's certificate for new connections (fault: expired certificate).
  void use_certificates(const ServerCertificates& certificates);
  std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

inline constexpr std::size_t max_request_body = std::size_t{3} << 20;  // as a kube-apiserver

}  // namespace kforge::sandbox
