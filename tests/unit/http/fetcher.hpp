// SPDX-License-Identifier: Apache-2.0
// The real transport against a server on loopback, one request at a time.
#pragma once

#include "http/curl_transport.hpp"
#include "tests/support/https_server.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kforge::tests {

struct NoSignals final : SignalSource {
  int poll_fd() const override { return -1; }
  int pending() const override { return 0; }
};

// Collects what a transfer gives.
struct Collector : http::Handler {
  std::vector<std::string> pieces;
  std::optional<http::Completion> completion;
  bool on_data(std::string_view bytes) override {
    pieces.emplace_back(bytes);
    return true;
  }
  void on_done(http::Completion done) override { completion = std::move(done); }
  std::string text() const {
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    return all;
  }
};

struct Fetcher {
  SystemClock clock;
  NoSignals signals;
  http::CurlTransport transport{clock, signals};

  // Runs until the condition holds; a test that needs more than ten seconds is broken.
  template <class Condition>
  void run_until(Condition condition) {
    const auto end = clock.now() + std::chrono::seconds{10};
    while (!condition()) {
      if (clock.now() > end) throw std::runtime_error("nothing happened for ten seconds");
      transport.wait(end);
    }
  }
  http::Completion fetch(http::Request request) {
    Collector collector;
    transport.start(std::move(request), collector);
    run_until([&] { return collector.completion.has_value(); });
    return std::move(*collector.completion);
  }
  http::Completion get(const http::Connection& connection, const std::string& path = "/") {
    http::Request request;
    request.connection = &connection;
    request.path = path;
    return fetch(std::move(request));
  }
};

// One authority and a server certificate for 127.0.0.1 and localhost, made once for all tests.
inline const KeyPair& authority() {
  static const KeyPair pair = make_certificate({.common_name = "cluster-ca", .authority = true});
  return pair;
}
inline const KeyPair& other_authority() {
  static const KeyPair pair = make_certificate({.common_name = "other-ca", .authority = true});
  return pair;
}
inline const KeyPair& server_certificate() {
  static const KeyPair pair =
      make_certificate({.common_name = "server", .names = {"127.0.0.1", "localhost"}, .issuer = &authority()});
  return pair;
}

inline http::Connection https_to(const HttpServer& server, const std::string& ca_pem = authority().certificate_pem) {
  http::Connection connection;
  connection.base_url = "https://127.0.0.1:" + std::to_string(server.port());
  connection.ca_pem = ca_pem;
  connection.proxy_from_environment = false;
  return connection;
}

inline http::Connection http_to(const HttpServer& server) {
  http::Connection connection;
  connection.base_url = "http://127.0.0.1:" + std::to_string(server.port());
  return connection;
}

// Answers everything with a text.
inline HttpResponder says(const std::string& text) {
  return [text](const HttpRequest&, Peer& peer) {
    peer.write(http_response(text));
    return true;
  };
}

}  // namespace kforge::tests
