// SPDX-License-Identifier: Apache-2.0
// What goes over the wire and what comes back, against a real server on loopback.
#include "base/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/http/fetcher.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using http::Failure;

http::Request to(const http::Connection& connection, const std::string& path = "/") {
  http::Request request;
  request.connection = &connection;
  request.path = path;
  return request;
}

http::Request stream_of(const http::Connection& connection) {
  http::Request request = to(connection);
  request.stream = true;
  request.timeout = 0ms;
  return request;
}

std::string chunk(const std::string& text) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return size.data() + text + "\r\n";
}

const std::string chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// A signal that a test raises by hand.
struct RaisedSignal final : SignalSource {
  RaisedSignal() {
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  }
  ~RaisedSignal() override {
    for (const int end : ends) ::close(end);
  }
  void raise(int number) {
    signal = number;
    [[maybe_unused]] const auto written = ::write(ends[1], "x", 1);
  }
  int poll_fd() const override { return ends[0]; }
  int pending() const override { return signal; }
  std::array<int, 2> ends{};
  int signal = 0;
};

}  // namespace

TEST_CASE("a request carries its method, path, headers, token and body, and no Expect") {
  const HttpServer server(says("{}"));
  Fetcher fetcher;
  http::Connection connection = http_to(server);
  connection.user_agent = "kforge/1.0 (linux/amd64)";
  http::Request request = to(connection, "/apis/apps/v1/x?force=true");
  request.method = "PATCH";
  request.headers = {{"Content-Type", "application/apply-patch+yaml"}, {"Accept", "application/json"}};
  request.bearer_token = Secret("t0ken");
  request.body = std::string(2000, 'x');
  CHECK(fetcher.fetch(std::move(request)).response.body == "{}");
  const HttpRequest seen = server.requests().at(0);
  CHECK(seen.method == "PATCH");
  CHECK(seen.target == "/apis/apps/v1/x?force=true");
  CHECK(seen.headers.at("authorization") == "Bearer t0ken");
  CHECK(seen.headers.at("content-type") == "application/apply-patch+yaml");
  CHECK(seen.headers.at("user-agent") == "kforge/1.0 (linux/amd64)");
  CHECK(seen.headers.at("accept-encoding") == "gzip");
  CHECK_FALSE(seen.headers.contains("expect"));
  CHECK(seen.body == std::string(2000, 'x'));
}

TEST_CASE("GET, DELETE with and without a body, and an empty POST arrive as such") {
  const HttpServer server(says(""));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  const auto send = [&](const std::string& method, const std::string& body) {
    http::Request request = to(connection);
    request.method = method;
    request.body = body;
    if (!body.empty()) request.headers = {{"Content-Type", "application/json"}};
    CHECK(fetcher.fetch(std::move(request)).response.status == 200);
  };
  send("GET", "");
  send("DELETE", "{\"kind\":\"DeleteOptions\"}");
  send("DELETE", "");
  send("POST", "");
  const auto requests = server.requests();
  CHECK(requests[0].method == "GET");
  CHECK(requests[1].method == "DELETE");
  CHECK(requests[1].body == "{\"kind\":\"DeleteOptions\"}");
  CHECK(requests[2].method == "DELETE");
  CHECK(requests[2].body.empty());
  CHECK(requests[3].method == "POST");
  CHECK(requests[3].headers.at("content-length") == "0");
}

TEST_CASE("a header with a line feed is refused before anything is sent") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  http::Request request = to(connection);
  request.headers = {{"Impersonate-User", "me\r\nX-Evil: 1"}};
  const http::Completion done = fetcher.fetch(std::move(request));
  CHECK(done.failure == Failure::other);
  CHECK(done.message == "header 'Impersonate-User' holds control characters");
  http::Request token = to(connection);
  token.bearer_token = Secret("a\nb");
  CHECK(fetcher.fetch(std::move(token)).message == "header 'Authorization' holds control characters");
  CHECK(server.connections() == 0);
}

TEST_CASE("requests one after the other share a connection") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  for (int i = 0; i < 5; ++i) CHECK(fetcher.get(connection).response.status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("many requests at once share a few connections when the server speaks HTTP/1.1") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  std::vector<Collector> collectors(100);
  for (Collector& collector : collectors) fetcher.transport.start(to(connection), collector);
  fetcher.run_until(
      [&] { return std::ranges::all_of(collectors, [](const Collector& c) { return c.completion.has_value(); }); });
  CHECK(server.connections() <= 8);
  CHECK(server.requests().size() == 100);
}

TEST_CASE("a request that must not be repeated goes out on a connection of its own") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  CHECK(fetcher.get(connection).response.status == 200);
  http::Request request = to(connection);
  request.method = "POST";
  request.idempotent = false;
  CHECK(fetcher.fetch(std::move(request)).response.status == 200);
  CHECK(server.connections() == 2);
}

TEST_CASE("an idempotent request survives a connection that died while idle") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.write(http_response("ok"));
    return false;  // closes although it did not say so
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  CHECK(fetcher.get(connection).response.status == 200);
  CHECK(fetcher.get(connection).response.status == 200);
  CHECK(server.connections() == 2);
}

TEST_CASE("a redirect is not followed, and only its host is told") {
  const HttpServer target(says("stolen"));
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(http_response("", "302 Found",
                             "Location: http://127.0.0.1:" + std::to_string(target.port()) + "/path?session=abc\r\n"));
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  http::Request request = to(connection);
  request.bearer_token = Secret("t0ken");
  const http::Completion done = fetcher.fetch(std::move(request));
  CHECK(done.failure == Failure::redirect);
  CHECK(done.message == "the server answers 302 and redirects to 127.0.0.1:" + std::to_string(target.port()));
  CHECK(target.connections() == 0);
}

TEST_CASE("a stream hands over its body as it comes, then its end") {
  std::mutex gate;
  gate.lock();
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk("one\n"));
    const std::lock_guard wait_for_the_client(gate);
    peer.write(chunk("two\n") + "0\r\n\r\n");
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  Collector collector;
  fetcher.transport.start(stream_of(connection), collector);
  fetcher.run_until([&] { return collector.text() == "one\n"; });
  CHECK_FALSE(collector.completion.has_value());
  gate.unlock();
  fetcher.run_until([&] { return collector.completion.has_value(); });
  CHECK(collector.text() == "one\ntwo\n");
  CHECK(collector.completion->failure == Failure::none);
  CHECK(collector.completion->response.status == 200);
  CHECK(collector.completion->response.body.empty());
  CHECK_FALSE(server.requests().at(0).headers.contains("accept-encoding"));
}

TEST_CASE("a stream that is refused hands its body over as a response") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.write(http_response("{\"code\":410}", "410 Gone"));
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  const http::Completion done = fetcher.fetch(stream_of(connection));
  CHECK(done.response.status == 410);
  CHECK(done.response.body == "{\"code\":410}");
}

TEST_CASE("a line of five MiB comes through a stream whole") {
  const std::string line = std::string(std::size_t{5} << 20, 'x') + "\n";
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk(line) + "0\r\n\r\n");
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  Collector collector;
  fetcher.transport.start(stream_of(connection), collector);
  fetcher.run_until([&] { return collector.completion.has_value(); });
  CHECK(collector.text() == line);
}

TEST_CASE("a connection that breaks in the middle of a body is a reset, with what came before") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk("half"));
    peer.reset();
    return false;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  CHECK(fetcher.get(connection).failure == Failure::reset);
}

TEST_CASE("a body that ends early is a reset") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    return false;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::reset);
  CHECK(done.response.status == 200);
}

TEST_CASE("a server that says nothing runs into the request's timeout") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.wait_for_close();
    return false;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  http::Request request = to(connection);
  request.timeout = 100ms;
  const http::Completion done = fetcher.fetch(std::move(request));
  CHECK(done.failure == Failure::timeout);
  CHECK(done.message == "no answer from 127.0.0.1:" + std::to_string(server.port()) + " within 0.1s");
}

TEST_CASE("a port where nobody listens refuses") {
  int port = 0;
  {
    const HttpServer closed(says(""));
    port = closed.port();
  }
  http::Connection connection;
  connection.base_url = "https://127.0.0.1:" + std::to_string(port);
  Fetcher fetcher;
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::refused);
  CHECK(done.message == "127.0.0.1:" + std::to_string(port) + " refuses connections");
}

TEST_CASE("a name that does not exist does not resolve") {
  http::Connection connection;
  connection.base_url = "https://kube.invalid:6443";
  connection.proxy_from_environment = false;
  Fetcher fetcher;
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::resolve);
  CHECK(done.message == "cannot resolve kube.invalid:6443");
}

TEST_CASE("gzip is unpacked, unless compression is switched off") {
  const std::string text(200'000, 'z');
  const HttpServer server([&](const HttpRequest& request, Peer& peer) {
    if (request.headers.contains("accept-encoding"))
      peer.write(http_response(gzipped(text), "200 OK", "Content-Encoding: gzip\r\n"));
    else
      peer.write(http_response("plain"));
    return true;
  });
  Fetcher fetcher;
  http::Connection connection = http_to(server);
  CHECK(fetcher.get(connection).response.body == text);
  http::Connection plain = connection;
  plain.disable_compression = true;
  CHECK(fetcher.get(plain).response.body == "plain");
}

TEST_CASE("a body above 64 MiB is cut off, also when it hides in gzip") {
  const std::string bomb = gzipped(std::string((std::size_t{64} << 20) + 1, 'z'));
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(http_response(bomb, "200 OK", "Content-Encoding: gzip\r\n"));
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  const http::Completion done = fetcher.get(connection);
  CHECK(done.failure == Failure::too_large);
  CHECK(done.message == "the answer is larger than 64 MiB");
}

TEST_CASE("a cancelled transfer is silent, and the others go on") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  Collector cancelled, kept;
  const http::TransferId id = fetcher.transport.start(to(connection), cancelled);
  fetcher.transport.start(to(connection), kept);
  fetcher.transport.cancel(id);
  fetcher.run_until([&] { return kept.completion.has_value(); });
  CHECK_FALSE(cancelled.completion.has_value());
}

TEST_CASE("a handler may cancel its own transfer and start another") {
  const HttpServer server([](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk("data"));
    peer.wait_for_close();
    return false;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  struct Restarting final : Collector {
    Fetcher* owner = nullptr;
    http::Request again;
    http::TransferId current = 0;
    int rounds = 0;
    bool on_data(std::string_view) override {
      owner->transport.cancel(current);
      if (++rounds < 3) current = owner->transport.start(again, *this);
      return true;
    }
  } handler;
  handler.owner = &fetcher;
  handler.again = stream_of(connection);
  handler.current = fetcher.transport.start(handler.again, handler);
  fetcher.run_until([&] { return handler.rounds == 3; });
  CHECK_FALSE(handler.completion.has_value());
}

TEST_CASE("a paused stream gets nothing until it is resumed, and loses nothing") {
  const std::string text(300'000, 'p');
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk("first"));
    peer.write(chunk(text) + "0\r\n\r\n");
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  struct Pausing final : Collector {
    bool paused = true;
    bool on_data(std::string_view bytes) override {
      Collector::on_data(bytes);
      return !paused;
    }
  } handler;
  const http::TransferId id = fetcher.transport.start(stream_of(connection), handler);
  fetcher.run_until([&] { return !handler.pieces.empty(); });
  const std::size_t taken = handler.text().size();
  CHECK(fetcher.get(connection).response.status == 200);  // others are not held up
  CHECK(handler.text().size() == taken);
  CHECK_FALSE(handler.completion.has_value());
  handler.paused = false;
  fetcher.transport.resume(id);
  fetcher.run_until([&] { return handler.completion.has_value(); });
  CHECK(handler.text() == "first" + text);
}

TEST_CASE("a stream comes in pieces of a bounded size however fast the server is") {
  const std::string text(8'000'000, 'q');
  const HttpServer server([&](const HttpRequest&, Peer& peer) {
    peer.write(chunked_head + chunk(text) + "0\r\n\r\n");
    return true;
  });
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  Collector handler;
  fetcher.transport.start(stream_of(connection), handler);
  fetcher.run_until([&] { return handler.completion.has_value(); });
  CHECK(handler.text() == text);
  for (const std::string& piece : handler.pieces) CHECK(piece.size() < 600'000);
}

TEST_CASE("wait returns when the watched output takes more, or when its reader has gone") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
  Fetcher fetcher;
  fetcher.transport.watch_output({ends[1], true});
  fetcher.transport.wait(fetcher.clock.now() + std::chrono::minutes{1});  // there is room
  const std::string page(4096, 'x');
  while (::write(ends[1], page.data(), page.size()) > 0) {
  }
  const auto soon = fetcher.clock.now() + std::chrono::milliseconds{20};
  fetcher.transport.wait(soon);
  CHECK(fetcher.clock.now() >= soon);
  fetcher.transport.watch_output({ends[1], false});
  ::close(ends[0]);
  fetcher.transport.wait(fetcher.clock.now() + std::chrono::minutes{1});
  ::close(ends[1]);
}

TEST_CASE("an exception of a handler leaves wait and the transport goes on") {
  const HttpServer server(says("ok"));
  Fetcher fetcher;
  const http::Connection connection = http_to(server);
  struct Throwing final : http::Handler {
    void on_done(http::Completion) override { throw std::runtime_error("reader has gone"); }
  } handler;
  fetcher.transport.start(to(connection), handler);
  CHECK_THROWS_WITH(fetcher.run_until([] { return false; }), "reader has gone");
  CHECK(fetcher.get(connection).response.status == 200);
}

TEST_CASE("wait returns in time when nothing happens") {
  Fetcher fetcher;
  const auto start = fetcher.clock.now();
  fetcher.transport.wait(start + 20ms);
  CHECK(fetcher.clock.now() - start >= 20ms);
  fetcher.transport.wait(start);
}

TEST_CASE("a signal ends wait with an error once, and clean-up can ignore it") {
  const SystemClock clock;
  RaisedSignal signals;
  http::CurlTransport transport(clock, signals);
  signals.raise(SIGINT);
  try {
    transport.wait(clock.now() + 10s);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::interrupted);
  }
  transport.wait(clock.now() + 1ms);
  RaisedSignal ignored;
  http::CurlTransport stubborn(clock, ignored);
  stubborn.ignore_signals();
  ignored.raise(SIGTERM);
  CHECK_NOTHROW(stubborn.wait(clock.now() + 1ms));
}

TEST_CASE("SIGTERM is told apart, and a mere wake-up only ends the wait") {
  const SystemClock clock;
  RaisedSignal signals;
  http::CurlTransport transport(clock, signals);
  signals.raise(0);  // such as SIGWINCH
  const auto start = clock.now();
  transport.wait(start + 10s);
  CHECK(clock.now() - start < 5s);
  signals.raise(SIGTERM);
  try {
    transport.wait(clock.now() + 10s);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::terminated);
  }
}

}  // namespace kforge::tests
