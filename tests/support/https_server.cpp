// SPDX-License-Identifier: Apache-2.0
#include "tests/support/https_server.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace kforge::tests {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Deleter<SSL_free>>;

void break_connection(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::shutdown(socket, SHUT_RD);  // unblocks; close() then sends RST
}

// Takes what the client still sends, so that closing does not break the connection before it has read our alert.
void drain(int socket) {
  std::array<char, 4096> buffer{};
  ::shutdown(socket, SHUT_WR);
  while (::recv(socket, buffer.data(), buffer.size(), 0) > 0) {
  }
}

struct PlainPeer final : Peer {
  explicit PlainPeer(int fd) : socket(fd) {}
  std::size_t read(char* data, std::size_t size) override {
    const ssize_t got = ::recv(socket, data, size, 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void reset() override { break_connection(socket); }
  int socket;
};

struct TlsPeer final : Peer {
  TlsPeer(int fd, Session handle) : socket(fd), ssl(std::move(handle)) {}
  std::size_t read(char* data, std::size_t size) override {
    const int got = SSL_read(ssl.get(), data, static_cast<int>(size));
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const int sent =
          SSL_write(ssl.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void reset() override {
    SSL_set_quiet_shutdown(ssl.get(), 1);
    break_connection(socket);
  }
  std::string client_name() const override {
    const Certificate certificate(SSL_get1_peer_certificate(ssl.get()));
    std::array<char, 256> name{};
    if (certificate)
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), name.size());
    return name.data();
  }
  std::string server_name() const override {
    const char* name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }
  int socket;
  Session ssl;
};

Context make_context(const TlsOptions& options) {
  Context context(SSL_CTX_new(TLS_server_method()));
  const auto reader = [](const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  };
  const Certificate certificate(
      PEM_read_bio_X509(reader(options.certificate.certificate_pem).get(), nullptr, nullptr, nullptr));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(reader(options.certificate.key_pem).get(), nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context.get(), certificate.get());
  SSL_CTX_use_PrivateKey(context.get(), key);
  EVP_PKEY_free(key);
  if (!options.client_authority_pem.empty()) {
    const Certificate authority(
        PEM_read_bio_X509(reader(options.client_authority_pem).get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

HttpRequest parse_head(const std::string& head) {
  HttpRequest request;
  std::istringstream lines(head);
  std::string line;
  std::getline(lines, line);
  std::istringstream(line) >> request.method >> request.target;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
  }
  return request;
}

// The next request of a connection; bytes beyond it stay in `pending`.
std::optional<HttpRequest> read_request(Peer& peer, std::string& pending) {
  std::array<char, 16384> buffer{};
  const auto read_more = [&] {
    const std::size_t got = peer.read(buffer.data(), buffer.size());
    pending.append(buffer.data(), got);
    return got > 0;
  };
  std::size_t end = pending.find("\r\n\r\n");
  for (; end == std::string::npos; end = pending.find("\r\n\r\n"))
    if (!read_more()) return std::nullopt;
  HttpRequest request = parse_head(pending.substr(0, end + 2));
  pending.erase(0, end + 4);
  const auto length = request.headers.find("content-length");
  const std::size_t wanted = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (pending.size() < wanted)
    if (!read_more()) return std::nullopt;
  request.body = pending.substr(0, wanted);
  pending.erase(0, wanted);
  return request;
}

}  // namespace

void Peer::wait_for_close() {
  std::array<char, 1024> buffer{};
  while (read(buffer.data(), buffer.size()) > 0) {
  }
}

std::string http_response(std::string_view body, const std::string& status, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
         std::string(body);
}

struct HttpServer::State {
  void serve(int socket) {
    if (!context) return answer_all(std::make_unique<PlainPeer>(socket));
    Session ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), socket);
    if (SSL_accept(ssl.get()) != 1) return drain(socket);
    TlsPeer peer(socket, std::move(ssl));
    answer(peer);
    SSL_shutdown(peer.ssl.get());
  }
  void answer_all(std::unique_ptr<Peer> peer) { answer(*peer); }
  void answer(Peer& peer) {
    std::string pending;
    while (const std::optional<HttpRequest> request = read_request(peer, pending)) {
      {
        const std::lock_guard lock(mutex);
        requests.push_back(*request);
      }
      if (!responder(*request, peer)) return;
    }
  }

  Context context;  // null: plain HTTP
  HttpResponder responder;
  mutable std::mutex mutex;
  std::vector<HttpRequest> requests;
  std::unique_ptr<Listener> listener;
};

HttpServer::HttpServer(TlsOptions tls, HttpResponder responder) : state_(std::make_unique<State>()) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write to a client that has gone
  state_->context = make_context(tls);
  state_->responder = std::move(responder);
  state_->listener = std::make_unique<Listener>([state = state_.get()](int socket) { state->serve(socket); });
}

HttpServer::HttpServer(HttpResponder responder) : state_(std::make_unique<State>()) {
  state_->responder = std::move(responder);
  state_->listener = std::make_unique<Listener>([state = state_.get()](int socket) { state->serve(socket); });
}

HttpServer::~HttpServer() {
  state_->listener.reset();
}

int HttpServer::port() const {
  return state_->listener->port();
}

int HttpServer::connections() const {
  return state_->listener->connections();
}

std::vector<HttpRequest> HttpServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

}  // namespace kforge::tests
