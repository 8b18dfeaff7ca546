// SPDX-License-Identifier: Apache-2.0
#include "http/proxy.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/http/fetcher.hpp"

namespace kforge::tests {
namespace {

using http::Failure;

HttpServer tls_server() {
  return HttpServer({.certificate = server_certificate(), .client_authority_pem = {}}, says("ok"));
}

bool excluded(const std::string& no_proxy, const std::string& server) {
  return http::is_excluded_from_proxy(no_proxy, *http::parse_url(server));
}

}  // namespace

TEST_CASE("NO_PROXY knows names, subdomains, addresses, ranges and ports") {
  CHECK(excluded("*", "https://anything:1"));
  CHECK(excluded("example.com", "https://example.com"));
  CHECK(excluded("example.com", "https://kube.example.com"));
  CHECK_FALSE(excluded("example.com", "https://badexample.com"));
  CHECK(excluded(".example.com", "https://kube.example.com"));
  CHECK_FALSE(excluded(".example.com", "https://example.com"));
  CHECK(excluded("*.example.com", "https://kube.example.com"));
  CHECK(excluded(" a , KUBE.Example.com ", "https://kube.example.COM"));
  CHECK(excluded("10.0.0.5", "https://10.0.0.5:6443"));
  CHECK(excluded("10.0.0.0/8", "https://10.1.2.3:6443"));
  CHECK_FALSE(excluded("10.0.0.0/8", "https://11.1.2.3:6443"));
  CHECK(excluded("fd00::/8", "https://[fd12::1]:6443"));
  CHECK_FALSE(excluded("10.0.0.0/33", "https://10.0.0.1"));
  CHECK_FALSE(excluded("10.0.0.0/8", "https://kube.example.com"));
  CHECK(excluded("example.com:6443", "https://example.com:6443"));
  CHECK_FALSE(excluded("example.com:6443", "https://example.com"));
  CHECK(excluded("[fd12::1]:6443", "https://[fd12::1]:6443"));
  CHECK_FALSE(excluded("", "https://example.com"));
}

TEST_CASE("which proxy is used") {
  http::Connection connection;
  connection.https_proxy = "http://proxy:3128";
  connection.http_proxy = "http://plain:3128";
  connection.no_proxy = "internal";
  const auto proxy = [&](const std::string& server) { return http::proxy_for(connection, *http::parse_url(server)); };
  CHECK(proxy("https://kube.example.com") == "http://proxy:3128");
  CHECK(proxy("http://kube.example.com") == "http://plain:3128");
  CHECK(proxy("https://kube.internal").empty());
  for (const char* loopback :
       {"https://127.0.0.1:6443", "https://127.9.9.9", "https://[::1]:6443", "https://localhost:6443"})
    CHECK(proxy(loopback).empty());
  connection.https_proxy = "proxy:3128";
  CHECK(proxy("https://kube.example.com") == "http://proxy:3128");
  connection.proxy_url = "socks5://gate:1080";
  CHECK(proxy("https://127.0.0.1:6443") == "socks5h://gate:1080");
  connection.proxy_url.reset();
  connection.proxy_from_environment = false;
  CHECK(proxy("https://kube.example.com").empty());
}

TEST_CASE("URLs come apart") {
  const http::Url url = *http::parse_url("HTTPS://me:pw@[fd12::1]:6443/k8s/clusters/c-1/?x=1#f");
  CHECK(url.scheme == "https");
  CHECK(url.userinfo == "me:pw");
  CHECK(url.host == "fd12::1");
  CHECK(url.port == 6443);
  CHECK(url.path == "/k8s/clusters/c-1");
  CHECK(url.authority() == "[fd12::1]:6443");
  CHECK(http::parse_url("https://kube.example")->port == 443);
  CHECK(http::parse_url("http://kube.example/")->port == 80);
  for (const char* bad : {"kube.example", "://x", "https://", "https://h:0", "https://h:99999", "https://h:6443x",
                          "https://[::1", "https://a b"})
    CHECK_FALSE(http::parse_url(bad).has_value());
  CHECK(http::without_userinfo("http://me:p@ss@proxy:3128/x") == "http://proxy:3128/x");
  CHECK(http::without_userinfo("http://proxy:3128/a@b") == "http://proxy:3128/a@b");
}

TEST_CASE("proxy-url is used for loopback too, and never sees the token") {
  const HttpServer server = tls_server();
  const ProxyServer proxy(ProxyServer::Kind::http, server.port());
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.proxy_url = "http://me:hunter2@127.0.0.1:" + std::to_string(proxy.port());
  connection.no_proxy = "*";
  http::Request request;
  request.connection = &connection;
  request.path = "/api";
  request.bearer_token = Secret("t0ken");
  request.headers = {{"X-Own", "1"}};
  CHECK(fetcher.fetch(std::move(request)).response.body == "ok");
  CHECK(proxy.tunnels() == std::vector<std::string>{"127.0.0.1:" + std::to_string(server.port())});
  CHECK(proxy.last_request().find("t0ken") == std::string::npos);
  CHECK(proxy.last_request().find("X-Own") == std::string::npos);
  CHECK(proxy.last_request().find("Proxy-Authorization: Basic") != std::string::npos);
  CHECK(server.requests().at(0).headers.at("authorization") == "Bearer t0ken");
}

TEST_CASE("the environment's proxy is never used for loopback") {
  const HttpServer server = tls_server();
  const ProxyServer proxy(ProxyServer::Kind::http, server.port());
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.proxy_from_environment = true;
  connection.https_proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(fetcher.get(connection).failure == Failure::none);
  CHECK(proxy.tunnels().empty());
}

TEST_CASE("libcurl does not look at the environment on its own") {
  const HttpServer server = tls_server();
  const ProxyServer proxy(ProxyServer::Kind::http, server.port());
  ::setenv("https_proxy", ("http://127.0.0.1:" + std::to_string(proxy.port())).c_str(), 1);
  Fetcher fetcher;
  CHECK(fetcher.get(https_to(server)).failure == Failure::none);
  CHECK(proxy.tunnels().empty());
  ::unsetenv("https_proxy");
}

TEST_CASE("a SOCKS5 proxy resolves the server's name") {
  const KeyPair certificate =
      make_certificate({.common_name = "server", .names = {"kube.invalid"}, .issuer = &authority()});
  const HttpServer server({.certificate = certificate, .client_authority_pem = {}}, says("behind"));
  const ProxyServer proxy(ProxyServer::Kind::socks5, server.port());
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.base_url = "https://kube.invalid:6443";
  connection.proxy_url = "socks5://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(fetcher.get(connection).response.body == "behind");
  CHECK(proxy.tunnels() == std::vector<std::string>{"kube.invalid:6443"});
}

TEST_CASE("tls-server-name works through a proxy, which is asked for the real address") {
  const KeyPair certificate =
      make_certificate({.common_name = "server", .names = {"kube.internal"}, .issuer = &authority()});
  const HttpServer server({.certificate = certificate, .client_authority_pem = {}}, says("ok"));
  const ProxyServer proxy(ProxyServer::Kind::http, server.port());
  Fetcher fetcher;
  http::Connection connection = https_to(server);
  connection.tls_server_name = "kube.internal";
  connection.proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());
  CHECK(fetcher.get(connection).response.body == "ok");
  CHECK(proxy.tunnels() == std::vector<std::string>{"127.0.0.1:" + std::to_string(server.port())});
}

TEST_CASE("a proxy that refuses, or is not there, is to blame by name") {
  const HttpServer refusing([](const HttpRequest&, Peer& peer) {
    peer.write(http_response("", "407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n"));
    return false;
  });
  Fetcher fetcher;
  http::Connection connection;
  connection.base_url = "https://kube.invalid:6443";
  connection.proxy_url = "http://me:hunter2@127.0.0.1:" + std::to_string(refusing.port());
  const http::Completion refused = fetcher.get(connection);
  CHECK(refused.failure == Failure::proxy);
  CHECK(refused.message == "the proxy answers 407 to CONNECT");
  http::Connection nowhere = connection;
  nowhere.proxy_url = "http://me:hunter2@127.0.0.1:1";
  const http::Completion missing = fetcher.get(nowhere);
  CHECK(missing.failure == Failure::proxy);
  CHECK(missing.message.find("hunter2") == std::string::npos);
}

TEST_CASE("an https proxy is verified with the system's roots, not with the cluster's authority") {
  const TempDir folder;
  const HttpServer proxy({.certificate = server_certificate(), .client_authority_pem = {}},
                         [](const HttpRequest&, Peer& peer) {
                           peer.write(http_response("", "403 Forbidden"));
                           return false;
                         });
  Fetcher fetcher;
  http::Connection connection;
  connection.base_url = "https://kube.invalid:6443";
  connection.ca_pem = authority().certificate_pem;  // also issued the proxy's certificate
  connection.system_ca_file = folder.write("others.pem", other_authority().certificate_pem);
  connection.proxy_url = "https://127.0.0.1:" + std::to_string(proxy.port());
  const http::Completion untrusted = fetcher.get(connection);
  CHECK(untrusted.failure == Failure::proxy);
  CHECK(untrusted.message ==
        "the proxy's certificate is not accepted: SSL certificate problem: unable to get local issuer certificate");
  CHECK(proxy.requests().empty());
  http::Connection trusted = connection;
  trusted.system_ca_file = folder.write("roots.pem", authority().certificate_pem);
  const http::Completion done = fetcher.get(trusted);
  CHECK(done.failure == Failure::proxy);
  CHECK(done.message == "the proxy answers 403 to CONNECT");
}

}  // namespace kforge::tests
