// SPDX-License-Identifier: Apache-2.0
// Every option that kforge sets on libcurl, and why.
#include "http/easy_options.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "http/proxy.hpp"
#include "http/url.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

namespace kforge::http {
namespace {

constexpr long connect_timeout_ms = 30'000;  // Go's dial timeout

template <class Value>
void set(const Transfer& transfer, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(transfer.easy.get(), option, value); code != CURLE_OK)
    throw Error(ErrorKind::internal,
                fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
}

// The blob refers to `text`, which outlives the transfer.
void set_blob(const Transfer& transfer, CURLoption option, const std::string& text) {
  curl_blob blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
  set(transfer, option, &blob);
}

// A peer that vanished is noticed after 45 s; a child process (the exec plugin) gets none of our sockets.
int on_socket(void*, curl_socket_t socket, curlsocktype) noexcept {
  const int probes = 3;
  const unsigned milliseconds = 45'000;
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
  ::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

CURLcode on_ssl_context(CURL*, void* ssl_ctx, void* user) noexcept {
  try {
    record_peer_certificate(ssl_ctx, *static_cast<PeerCertificate*>(user));
    return CURLE_OK;
  } catch (...) {
    return CURLE_OUT_OF_MEMORY;
  }
}

void set_callbacks(Transfer& transfer) {
  set(transfer, CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  set(transfer, CURLOPT_ERRORBUFFER, transfer.error.data());
  set(transfer, CURLOPT_WRITEFUNCTION, &on_body);
  set(transfer, CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(transfer, CURLOPT_HEADERFUNCTION, &on_header);
  set(transfer, CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(transfer, CURLOPT_SOCKOPTFUNCTION, &on_socket);
}

// Nothing but this one exchange: no redirects, no netrc, no other protocol, no signals of libcurl's own.
void set_manners(const Transfer& transfer) {
  set(transfer, CURLOPT_NOSIGNAL, 1L);
  set(transfer, CURLOPT_PROTOCOLS_STR, "https,http");
  set(transfer, CURLOPT_FOLLOWLOCATION, 0L);
  set(transfer, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(transfer, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(transfer, CURLOPT_PATH_AS_IS, 1L);
  set(transfer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(transfer, CURLOPT_USERAGENT, transfer.request.connection->user_agent.c_str());
}

void set_connection(const Transfer& transfer) {
  const Request& request = transfer.request;
  // One stream of HTTP/2 that is not read holds up the others on its connection, in libcurl before 8.
  const bool http2 = !request.connection->disable_http2 && !request.alone;
  set(transfer, CURLOPT_HTTP_VERSION, static_cast<long>(http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  // The first burst waits for one connection to turn out multiplexing instead of opening one each.
  set(transfer, CURLOPT_PIPEWAIT, http2 && request.idempotent ? 1L : 0L);
  set(transfer, CURLOPT_FRESH_CONNECT, request.idempotent ? 0L : 1L);
  set(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
  set(transfer, CURLOPT_TCP_KEEPIDLE, 30L);
  set(transfer, CURLOPT_TCP_KEEPINTVL, 10L);
  set(transfer, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  set(transfer, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  if (!request.stream && !request.connection->disable_compression) set(transfer, CURLOPT_ACCEPT_ENCODING, "gzip");
}

void set_trust(const Transfer& transfer) {
  const Connection& connection = *transfer.request.connection;
  // CAINFO_BLOB replaces CAINFO only: without this, a certificate of a system-trusted CA would pass (CVE-2025-9708
  // class).
  set(transfer, CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(transfer, CURLOPT_PROXY_CAPATH, static_cast<char*>(nullptr));
  if (connection.ca_pem)
    set_blob(transfer, CURLOPT_CAINFO_BLOB, *connection.ca_pem);
  else if (!connection.system_ca_file.empty())
    set(transfer, CURLOPT_CAINFO, connection.system_ca_file.c_str());
  if (!connection.system_ca_file.empty()) set(transfer, CURLOPT_PROXY_CAINFO, connection.system_ca_file.c_str());
  set(transfer, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(transfer, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(transfer, CURLOPT_SSL_VERIFYPEER, connection.insecure_skip_tls_verify ? 0L : 1L);
  set(transfer, CURLOPT_SSL_VERIFYHOST, connection.insecure_skip_tls_verify ? 0L : 2L);
  set(transfer, CURLOPT_SSL_CTX_FUNCTION, &on_ssl_context);
  set(transfer, CURLOPT_SSL_CTX_DATA, static_cast<void*>(transfer.certificate));
}

void set_client_certificate(const Transfer& transfer) {
  const Connection& connection = *transfer.request.connection;
  if (!connection.client_certificate_pem || !connection.client_key_pem) return;
  set(transfer, CURLOPT_SSLCERTTYPE, "PEM");
  set(transfer, CURLOPT_SSLKEYTYPE, "PEM");
  set_blob(transfer, CURLOPT_SSLCERT_BLOB, *connection.client_certificate_pem);
  set_blob(transfer, CURLOPT_SSLKEY_BLOB, connection.client_key_pem->reveal());
}

HeaderList extended(HeaderList list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  [[maybe_unused]] curl_slist* same = list.release();
  return HeaderList(longer);
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

// libcurl would send a line feed in a value as it is (header injection).
void add_header(Transfer& transfer, const std::string& name, const std::string& value) {
  if (has_control_characters(name) || has_control_characters(value) || contains(name, ":"))
    throw Error(ErrorKind::unreachable, fmt::format("header '{}' holds control characters", printable(name)));
  // "Name:" would remove a header; "Name;" sends it empty.
  transfer.headers = extended(std::move(transfer.headers), value.empty() ? name + ";" : name + ": " + value);
}

void set_headers(Transfer& transfer) {
  const Request& request = transfer.request;
  for (const auto& [name, value] : request.headers) add_header(transfer, name, value);
  if (request.bearer_token) add_header(transfer, "Authorization", "Bearer " + request.bearer_token->reveal());
  transfer.headers = extended(std::move(transfer.headers), "Expect:");  // no round trip before the body
  set(transfer, CURLOPT_HTTPHEADER, transfer.headers.get());
  set(transfer, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // a proxy never sees the token
}

void set_method(const Transfer& transfer) {
  const Request& request = transfer.request;
  if (!request.body.empty() || request.method == "POST") {
    set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(transfer, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (request.method != "GET" || !request.body.empty()) set(transfer, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

// tls-server-name is SNI and verified name: it becomes the URL's host, while the socket and the Host header keep the
// real one.
std::string address_with_server_name(Transfer& transfer, const Url& server) {
  const std::string& name = transfer.request.connection->tls_server_name;
  const std::string real = server.authority();
  transfer.connect_to = extended(nullptr, fmt::format("{}:{}:{}", name, server.port, real));
  set(transfer, CURLOPT_CONNECT_TO, transfer.connect_to.get());
  add_header(transfer, "Host", real);
  return fmt::format("{}://{}:{}{}", server.scheme, name, server.port, server.path);
}

void set_address(Transfer& transfer) {
  const Connection& connection = *transfer.request.connection;
  const std::optional<Url> server = parse_url(connection.base_url);
  if (!server)
    throw Error(ErrorKind::unreachable, fmt::format("'{}' is not a URL", without_userinfo(connection.base_url)));
  const std::string base =
      connection.tls_server_name.empty() ? connection.base_url : address_with_server_name(transfer, *server);
  const std::string url = base + transfer.request.path;
  if (has_control_characters(url)) throw Error(ErrorKind::unreachable, "the request path holds control characters");
  set(transfer, CURLOPT_URL, url.c_str());
  // Always set, so that libcurl never looks at the environment itself.
  set(transfer, CURLOPT_PROXY, proxy_for(connection, *server).c_str());
  set(transfer, CURLOPT_NOPROXY, "");
}

}  // namespace

void configure(Transfer& transfer) {
  set_callbacks(transfer);
  set_manners(transfer);
  set_address(transfer);
  set_connection(transfer);
  set_trust(transfer);
  set_client_certificate(transfer);
  set_method(transfer);
  set_headers(transfer);
}

}  // namespace kforge::http
