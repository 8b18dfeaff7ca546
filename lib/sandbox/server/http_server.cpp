// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/http_server.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "sandbox/server/http_date.hpp"
#include "sandbox/server/url.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>
#include <openssl/x509.h>

#include <chrono>
#include <deque>
#include <optional>

namespace kforge::sandbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

namespace {

constexpr auto shutdown_limit = std::chrono::seconds(2);
constexpr auto handshake_limit = std::chrono::seconds(10);
constexpr auto request_limit = std::chrono::minutes(5);  // idle keep-alive connections end after this
constexpr std::uint32_t header_limit = 64U << 10U;
constexpr std::size_t most_queued = std::size_t{4} << 20U;  // of an upgraded stream: who does not read is not read

std::string name_entry(X509_NAME* name, int index) {
  const ASN1_STRING* data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(data)),
          static_cast<std::size_t>(ASN1_STRING_length(data))};
}

Peer peer_of(SSL* tls) {
  Peer peer;
  X509* certificate = SSL_get1_peer_certificate(tls);
  if (certificate == nullptr) return peer;
  X509_NAME* subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
    peer.user = name_entry(subject, at);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_organizationName, at)) >= 0;)
    peer.groups.push_back(name_entry(subject, at));
  X509_free(certificate);
  return peer;
}

asio::ssl::context tls_context(const ServerCertificates& certificates) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.use_certificate_chain(asio::buffer(certificates.certificate_pem));
  context.use_private_key(asio::buffer(certificates.key_pem), asio::ssl::context::pem);
  context.add_certificate_authority(asio::buffer(certificates.client_ca_pem));
  context.set_verify_mode(asio::ssl::verify_peer);  // a client without a certificate is answered with 401, not cut off
  static constexpr unsigned char session_context[] = "kforge";
  SSL_CTX_set_session_id_context(context.native_handle(), session_context, sizeof session_context - 1);
  return context;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string HttpRequest::parameter(std::string_view name, std::string_view fallback) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::string(fallback);
}

std::vector<std::string> HttpRequest::parameters(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query)
    if (key == name) values.push_back(value);
  return values;
}

bool HttpRequest::flag(std::string_view name) const {
  const std::string value = parameter(name);
  return value == "true" || value == "1";
}

namespace {

// One connection: handshake, then request after request. Lives as long as an operation or a Responder holds it.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, asio::ssl::context& tls, const RequestHandler& handler, const Timers& timers)
      : stream_(std::move(socket), tls), handler_(handler), timers_(timers) {}
  ~Session() {
    if (count_ != nullptr) --*count_;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start(std::shared_ptr<std::size_t> count) {
    count_ = std::move(count);
    ++*count_;
    beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true));
    beast::get_lowest_layer(stream_).expires_after(handshake_limit);
    // A client that speaks plain HTTP deserves an answer; a TLS record begins with 22.
    beast::get_lowest_layer(stream_).socket().async_wait(tcp::socket::wait_read,
                                                         [self = shared_from_this()](ErrorCode error) {
                                                           if (!error) self->greet();
                                                         });
  }

  // --- what the responder needs ---
  void send(HttpResponse response, bool more_follows) {
    auto head = std::make_shared<http::response<http::string_body>>(static_cast<http::status>(response.status), 11);
    for (auto& [name, value] : response.headers) head->insert(name, value);
    head->set(http::field::date, http_date(timers_.wall_time()));
    if (!response.content_type.empty()) head->set(http::field::content_type, response.content_type);
    if (!more_follows) {
      head->keep_alive(keep_alive_);
      head->body() = std::move(response.body);
      head->prepare_payload();
      http::async_write(stream_, *head, [self = shared_from_this(), head](ErrorCode error, std::size_t) {
        self->after_response(error);
      });
      return;
    }
    streaming_ = true;
    head->chunked(true);
    auto serializer = std::make_shared<http::response_serializer<http::string_body>>(*head);
    writing_ = true;
    beast::get_lowest_layer(stream_).expires_never();
    http::async_write_header(
        stream_, *serializer,
        [self = shared_from_this(), head, serializer](ErrorCode error, std::size_t) { self->after_chunk(error); });
    watch_for_close();
  }

  void write_chunk(const std::string& chunk) {
    if (chunk.empty()) return;
    write_raw(fmt::format("{:x}\r\n", chunk.size()) + chunk + "\r\n");
  }

  void finish_stream() {
    ending_ = true;
    write_raw("0\r\n\r\n");
  }

  void write_raw(std::string bytes) {
    if (gone_) return;
    queued_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (!writing_) write_next();
  }

  void start_upgrade(HttpResponse response) {
    upgraded_ = true;
    std::string head = fmt::format("HTTP/1.1 {} Switching Protocols\r\n", response.status);
    for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
    beast::get_lowest_layer(stream_).expires_never();
    write_raw(head + "\r\n");
    if (buffer_.size() > 0) {  // bytes that came with the request
      const std::string early = beast::buffers_to_string(buffer_.data());
      buffer_.consume(buffer_.size());
      asio::post(stream_.get_executor(), [self = shared_from_this(), early] {
        if (self->on_bytes && !self->gone_) self->on_bytes(early);
      });
    }
    read_upgraded();
  }

  void close_after_queue() {
    ending_ = true;
    if (!writing_ && queue_.empty()) shut_down();
  }

  void cut_when_sent() {
    cutting_ = true;
    if (!writing_ && queue_.empty()) cut();
  }

  void cut() {
    ErrorCode ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.set_option(asio::socket_base::linger(true, 0), ignored);  // RST instead of FIN
    socket.close(ignored);
    report_gone();
  }

  std::size_t queued() const { return queued_; }
  std::function<void()> on_gone;
  std::function<void(std::string_view)> on_bytes;

 private:
  void greet() {
    unsigned char first = 0;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    ErrorCode error;
    socket.receive(asio::buffer(&first, 1), tcp::socket::message_peek, error);
    if (error) return;
    if (first != 22) {
      static const std::string answer =
          "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nClient sent an HTTP "
          "request to an HTTPS server.\n";
      asio::async_write(socket, asio::buffer(answer), [self = shared_from_this()](ErrorCode, std::size_t) {});
      return;
    }
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](ErrorCode failed) {
      if (failed) return;
      self->peer_ = peer_of(self->stream_.native_handle());
      self->read_request();
    });
  }

  void read_request() {
    parser_.emplace();
    parser_->body_limit(max_request_body);
    parser_->header_limit(header_limit);
    beast::get_lowest_layer(stream_).expires_after(request_limit);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_request(error); });
  }

  void on_request(ErrorCode error) {
    if (error == http::error::body_limit)
      return refuse(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    if (error == http::error::header_limit) return refuse(431, "BadRequest", "request header fields too large");
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message)
      return refuse(400, "BadRequest", "malformed HTTP request");
    if (error) return shut_down();
    beast::get_lowest_layer(stream_).expires_never();
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    HttpRequest request;
    request.method = std::string(message.method_string());
    const std::string_view target(message.target().data(), message.target().size());
    const std::size_t question = target.find('?');
    request.path = std::string(target.substr(0, question));
    if (question != std::string_view::npos) request.query = parse_query(target.substr(question + 1));
    for (const auto& field : message) {
      std::string& value =
          request.headers[to_lower(std::string_view(field.name_string().data(), field.name_string().size()))];
      if (!value.empty()) value += ", ";
      value += std::string_view(field.value().data(), field.value().size());
    }
    request.body = std::move(message.body());
    request.peer = peer_;
    dispatch(std::move(request));
  }

  void dispatch(HttpRequest request);

  void refuse(int status, std::string_view reason, std::string_view message) {
    keep_alive_ = false;
    HttpResponse response;
    response.status = status;
    response.body =
        fmt::format(
            R"({{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"{}","reason":"{}","code":{}}})",
            message, reason, status) +
        "\n";
    send(std::move(response), false);
  }

  void after_response(ErrorCode error) {
    if (error) return report_gone();
    if (!keep_alive_) return shut_down();
    read_request();
  }

  void write_next() {
    writing_ = true;
    asio::async_write(stream_, asio::buffer(queue_.front()), [self = shared_from_this()](ErrorCode error, std::size_t) {
      self->queued_ -= self->queue_.front().size();
      self->queue_.pop_front();
      self->after_chunk(error);
    });
  }

  void after_chunk(ErrorCode error) {
    writing_ = false;
    if (error) return report_gone();
    if (reading_waits_ && queued_ < most_queued) read_upgraded();
    if (!queue_.empty()) return write_next();
    if (cutting_) return cut();
    if (!ending_) return;
    if (upgraded_ || !keep_alive_ || close_seen_) return shut_down();
    // The pending read of watch_for_close() goes on as the read of the next request.
    streaming_ = false;
    ending_ = false;
    on_gone = nullptr;
    if (!reading_) read_request();
  }

  // While an answer streams, the only thing to read is the end of the connection, or the next request.
  void watch_for_close() {
    reading_ = true;
    parser_.emplace();
    parser_->body_limit(max_request_body);
    parser_->header_limit(header_limit);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
      self->reading_ = false;
      if (self->streaming_) {
        self->close_seen_ = true;
        return self->cut();
      }
      self->on_request(error);
    });
  }

  void read_upgraded() {
    reading_waits_ = false;
    stream_.async_read_some(asio::buffer(upgrade_buffer_),
                            [self = shared_from_this()](ErrorCode error, std::size_t size) {
                              if (error) return self->report_gone();
                              if (self->on_bytes) self->on_bytes(std::string_view(self->upgrade_buffer_.data(), size));
                              if (self->gone_) return;
                              self->reading_waits_ = self->queued_ >= most_queued;
                              if (!self->reading_waits_) self->read_upgraded();
                            });
  }

  // A shutdown of TLS reads as well, and a stream takes one read at a time: while one waits, sending ends and the
  // client's end finishes that read.
  void shut_down() {
    if (reading_ || upgraded_) return end_sending();
    beast::get_lowest_layer(stream_).expires_after(shutdown_limit);
    stream_.async_shutdown([self = shared_from_this()](ErrorCode) {
      ErrorCode ignored;
      beast::get_lowest_layer(self->stream_).socket().close(ignored);
      self->report_gone();
    });
  }

  void end_sending() {
    ErrorCode ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_send, ignored);
    const auto patience = std::make_shared<asio::steady_timer>(stream_.get_executor(), shutdown_limit);
    patience->async_wait([self = shared_from_this(), patience](ErrorCode) { self->report_gone(); });
  }

  void report_gone() {
    if (gone_) return;
    gone_ = true;
    ErrorCode ignored;
    beast::get_lowest_layer(stream_).socket().close(ignored);
    if (const auto action = std::exchange(on_gone, nullptr)) action();
    on_bytes = nullptr;
  }

  TlsStream stream_;
  const RequestHandler& handler_;
  const Timers& timers_;
  std::shared_ptr<std::size_t> count_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::array<char, 16384> upgrade_buffer_{};
  std::deque<std::string> queue_;
  std::size_t queued_ = 0;
  Peer peer_;
  bool keep_alive_ = true, streaming_ = false, writing_ = false, ending_ = false, upgraded_ = false, reading_ = false,
       reading_waits_ = false, close_seen_ = false, cutting_ = false, gone_ = false;
};

class SessionStream final : public UpgradedStream {
 public:
  explicit SessionStream(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  void write(std::string bytes) override { session_->write_raw(std::move(bytes)); }
  void close() override { session_->close_after_queue(); }

 private:
  std::shared_ptr<Session> session_;
};

class SessionResponder final : public Responder {
 public:
  explicit SessionResponder(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionResponder() override {
    if (!answered_) session_->cut();  // a handler that forgot to answer must not leave the client waiting
  }
  SessionResponder(const SessionResponder&) = delete;
  SessionResponder& operator=(const SessionResponder&) = delete;

  void send(HttpResponse response) override {
    answered_ = true;
    session_->send(std::move(response), false);
  }
  void begin(HttpResponse head) override {
    answered_ = true;
    session_->send(std::move(head), true);
  }
  void write(std::string chunk) override { session_->write_chunk(chunk); }
  void end() override { session_->finish_stream(); }
  void reset() override {
    answered_ = true;
    session_->cut();
  }
  void cut_when_sent() override { session_->cut_when_sent(); }
  std::shared_ptr<UpgradedStream> upgrade(HttpResponse head) override {
    answered_ = true;
    auto stream = std::make_shared<SessionStream>(session_);
    const std::weak_ptr<SessionStream> weak = stream;
    session_->on_bytes = [weak](std::string_view bytes) {
      if (const auto alive = weak.lock(); alive && alive->on_bytes) alive->on_bytes(bytes);
    };
    session_->on_gone = [weak] {
      const auto alive = weak.lock();
      if (!alive) return;
      const auto action = std::exchange(alive->on_closed, nullptr);
      alive->on_bytes = nullptr;
      if (action) action();
    };
    session_->start_upgrade(std::move(head));
    return stream;
  }
  std::size_t queued() const override { return session_->queued(); }
  void on_closed(std::function<void()> action) override { session_->on_gone = std::move(action); }

 private:
  std::shared_ptr<Session> session_;
  bool answered_ = false;
};

void Session::dispatch(HttpRequest request) {
  auto responder = std::make_shared<SessionResponder>(shared_from_this());
  try {
    handler_(std::move(request), responder);
  } catch (const std::exception& error) {
    responder->send(
        {500,
         {},
         "application/json",
         fmt::format(
             R"({{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"{}","reason":"InternalError","code":500}})",
             replace_all(replace_all(printable(error.what()), "\\", "\\\\"), "\"", "\\\""))});
  }
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  State(asio::io_context& context, const ServerCertificates& certificates, RequestHandler request_handler,
        const Timers& clock)
      : acceptor(context), tls(tls_context(certificates)), handler(std::move(request_handler)), timers(clock) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !self->acceptor.is_open()) return;
      if (!error)
        std::make_shared<Session>(std::move(socket), self->tls, self->handler, self->timers)->start(self->count);
      self->accept();
    });
  }

  tcp::acceptor acceptor;
  asio::ssl::context tls;
  RequestHandler handler;
  const Timers& timers;
  std::shared_ptr<std::size_t> count = std::make_shared<std::size_t>(0);
};

HttpServer::HttpServer(asio::io_context& loop, const ServerCertificates& certificates, std::uint16_t port,
                       const Timers& timers, RequestHandler handler)
    : state_(std::make_shared<State>(loop, certificates, std::move(handler), timers)) {
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  ErrorCode error;
  state_->acceptor.open(endpoint.protocol());
  state_->acceptor.set_option(tcp::acceptor::reuse_address(true));
  state_->acceptor.bind(endpoint, error);
  if (error)
    throw Error(ErrorKind::unreachable, fmt::format("cannot listen on 127.0.0.1:{}", port)).why(error.message());
  state_->acceptor.listen();
  state_->accept();
}

HttpServer::~HttpServer() {
  ErrorCode ignored;
  state_->acceptor.close(ignored);
}

std::uint16_t HttpServer::port() const {
  return state_->acceptor.local_endpoint().port();
}
void HttpServer::use_certificates(const ServerCertificates& certificates) {
  state_->tls = tls_context(certificates);
}
std::size_t HttpServer::connections() const {
  return *state_->count;
}

}  // namespace kforge::sandbox
