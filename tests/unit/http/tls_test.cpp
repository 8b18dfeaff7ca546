// SPDX-License-Identifier: Apache-2.0
// Trust only as configured: real handshakes with certificates made on the spot.
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/http/fetcher.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace kforge::tests {
namespace {

using http::Failure;

// Set before the first handshake of the process, as a user's shell would.
const std::string key_log = "/tmp/kforge-test-keys-" + std::to_string(::getpid());
const int key_log_set = ::setenv("SSLKEYLOGFILE", key_log.c_str(), 1);

http::Completion try_certificate(const CertificateRequest& request) {
  const HttpServer server({.certificate = make_certificate(request), .client_authority_pem = {}}, says("ok"));
  Fetcher fetcher;
  return fetcher.get(https_to(server));
}

}  // namespace

TEST_CASE("a server certificate of the configured authority is accepted") {
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("hello"));
  Fetcher fetcher;
  const http::Completion done = fetcher.get(https_to(server), "/version");
  CHECK(done.failure == Failure::none);
  CHECK(done.response.status == 200);
  CHECK(done.response.body == "hello");
  CHECK(done.response.http_version == 11);
  CHECK(done.response.header("content-length") == "5");
}

TEST_CASE("the keys of a session are never written to a file") {
  REQUIRE(key_log_set == 0);
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("hello"));
  Fetcher fetcher;
  CHECK(fetcher.get(https_to(server)).failure == Failure::none);
  CHECK(::access(key_log.c_str(), F_OK) != 0);
}

TEST_CASE("a certificate of another authority is refused") {
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("secret"));
  Fetcher fetcher;
  const http::Completion done = fetcher.get(https_to(server, other_authority().certificate_pem));
  CHECK(done.failure == Failure::tls_untrusted);
  CHECK(done.message ==
        "the server's certificate, issued by 'cluster-ca', is not trusted: unable to get local issuer certificate");
  CHECK(server.requests().empty());
}

TEST_CASE("a system that trusts the server does not make up for the configured authority") {
  const TempDir folder;
  const std::string roots = folder.write("roots.pem", authority().certificate_pem);
  ::setenv("SSL_CERT_FILE", roots.c_str(), 1);
  ::setenv("CURL_CA_BUNDLE", roots.c_str(), 1);
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("secret"));
  Fetcher fetcher;
  http::Connection connection = https_to(server, other_authority().certificate_pem);
  connection.system_ca_file = roots;
  CHECK(fetcher.get(connection).failure == Failure::tls_untrusted);
  ::unsetenv("SSL_CERT_FILE");
  ::unsetenv("CURL_CA_BUNDLE");
}

TEST_CASE("without a configured authority the system's roots decide") {
  const TempDir folder;
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("ok"));
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.ca_pem.reset();
  connection.system_ca_file = folder.write("roots.pem", authority().certificate_pem);
  CHECK(fetcher.get(connection).failure == Failure::none);
  http::Connection others = connection;
  others.system_ca_file = folder.write("others.pem", other_authority().certificate_pem);
  CHECK(fetcher.get(others).failure == Failure::tls_untrusted);
}

TEST_CASE("a bundle of several authorities trusts each of them") {
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("ok"));
  Fetcher fetcher;
  CHECK(fetcher.get(https_to(server, other_authority().certificate_pem + authority().certificate_pem)).failure ==
        Failure::none);
}

TEST_CASE("an intermediate authority alone is trust enough, as in Go") {
  const KeyPair middle = make_certificate({.common_name = "middle", .issuer = &authority(), .authority = true});
  const KeyPair leaf = make_certificate({.common_name = "server", .names = {"127.0.0.1"}, .issuer = &middle});
  const HttpServer server({.certificate = leaf, .client_authority_pem = {}}, says("ok"));
  Fetcher fetcher;
  CHECK(fetcher.get(https_to(server, middle.certificate_pem)).failure == Failure::none);
  CHECK(fetcher.get(https_to(server)).failure == Failure::tls_untrusted);  // the server does not send the middle
}

TEST_CASE("an expired certificate says since when") {
  const http::Completion done = try_certificate({.common_name = "server",
                                                 .names = {"127.0.0.1"},
                                                 .issuer = &authority(),
                                                 .valid_from = std::chrono::seconds{-7200},
                                                 .valid_until = std::chrono::seconds{-3600}});
  CHECK(done.failure == Failure::tls_expired);
  CHECK_THAT(done.message, Catch::Matchers::Matches("the server's certificate expired at 20[0-9T:-]+Z"));
}

TEST_CASE("a certificate of the future says from when") {
  const http::Completion done = try_certificate({.common_name = "server",
                                                 .names = {"127.0.0.1"},
                                                 .issuer = &authority(),
                                                 .valid_from = std::chrono::seconds{3600}});
  CHECK(done.failure == Failure::tls_expired);
  CHECK_THAT(done.message, Catch::Matchers::Matches("the server's certificate is not valid before 20[0-9T:-]+Z"));
}

TEST_CASE("a certificate for other names lists them") {
  const http::Completion done =
      try_certificate({.common_name = "server", .names = {"kube.example", "10.0.0.1", "::1"}, .issuer = &authority()});
  CHECK(done.failure == Failure::tls_name_mismatch);
  CHECK(done.message == "the server's certificate is for kube.example, 10.0.0.1, ::1, not for '127.0.0.1'");
}

TEST_CASE("the common name alone is no name of the server") {
  CHECK(try_certificate({.common_name = "127.0.0.1", .issuer = &authority()}).failure == Failure::tls_name_mismatch);
}

TEST_CASE("tls-server-name is what is asked for and verified, the Host header stays the real one") {
  const KeyPair certificate =
      make_certificate({.common_name = "server", .names = {"kube.internal"}, .issuer = &authority()});
  std::string asked;
  const HttpServer server({.certificate = certificate, .client_authority_pem = {}},
                          [&](const HttpRequest&, Peer& peer) {
                            asked = peer.server_name();
                            peer.write(http_response("ok"));
                            return true;
                          });
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.tls_server_name = "kube.internal";
  CHECK(fetcher.get(connection, "/api").failure == Failure::none);
  CHECK(asked == "kube.internal");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].headers.at("host") == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(server.requests()[0].target == "/api");
}

TEST_CASE("tls-server-name does not weaken the verification") {
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = {}}, says("ok"));
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.tls_server_name = "kube.internal";
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::tls_name_mismatch);
  CHECK(done.message == "the server's certificate is for 127.0.0.1, localhost, not for 'kube.internal'");
}

TEST_CASE("insecure accepts what it was told to accept") {
  const HttpServer server({.certificate = make_certificate({.common_name = "self"}), .client_authority_pem = {}},
                          says("ok"));
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.ca_pem.reset();
  connection.insecure_skip_tls_verify = true;
  CHECK(fetcher.get(connection).failure == Failure::none);
}

TEST_CASE("a client certificate logs in") {
  std::string name;
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = authority().certificate_pem},
                          [&](const HttpRequest&, Peer& peer) {
                            name = peer.client_name();
                            peer.write(http_response("ok"));
                            return true;
                          });
  const KeyPair client = make_certificate({.common_name = "deployer", .issuer = &authority()});
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.client_certificate_pem = client.certificate_pem;
  connection.client_key_pem = Secret(client.key_pem);
  CHECK(fetcher.get(connection).failure == Failure::none);
  CHECK(name == "deployer");
}

TEST_CASE("a server that refuses the client certificate says so") {
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = authority().certificate_pem},
                          says("ok"));
  const KeyPair stranger = make_certificate({.common_name = "stranger", .issuer = &other_authority()});
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  CHECK(fetcher.get(connection).failure == Failure::tls_client_rejected);
  http::Connection wrong = connection;
  wrong.client_certificate_pem = stranger.certificate_pem;
  wrong.client_key_pem = Secret(stranger.key_pem);
  CHECK(fetcher.get(wrong).failure == Failure::tls_client_rejected);
}

TEST_CASE("two accounts on one transport do not share a connection") {
  std::vector<std::string> names;
  const HttpServer server({.certificate = server_certificate(), .client_authority_pem = authority().certificate_pem},
                          [&](const HttpRequest&, Peer& peer) {
                            names.push_back(peer.client_name());
                            peer.write(http_response("ok"));
                            return true;
                          });
  Fetcher fetcher;
  std::vector<http::Connection> connections(2, https_to(server));
  const std::vector<std::string> expected{"one", "two"};
  for (std::size_t i = 0; i < 2; ++i) {
    const KeyPair client = make_certificate({.common_name = expected[i], .issuer = &authority()});
    connections[i].client_certificate_pem = client.certificate_pem;
    connections[i].client_key_pem = Secret(client.key_pem);
    CHECK(fetcher.get(connections[i]).failure == Failure::none);
  }
  CHECK(names == expected);
}

TEST_CASE("a server that speaks plain HTTP on its TLS port is recognised") {
  const Listener talkative([](int socket) {
    char byte = 0;
    (void)::recv(socket, &byte, 1, 0);
    const std::string answer = http_response("Client sent an HTTP request to an HTTPS server.", "400 Bad Request");
    (void)::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
  });
  Fetcher fetcher;
  http::Connection connection;
  connection.base_url = "https://127.0.0.1:" + std::to_string(talkative.port());
  connection.ca_pem = authority().certificate_pem;
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::tls_other);
  CHECK(done.message == "127.0.0.1:" + std::to_string(talkative.port()) + " speaks plain HTTP, not TLS");
}

}  // namespace kforge::tests
