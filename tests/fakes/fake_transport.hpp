// SPDX-License-Identifier: Apache-2.0
// HTTP without a network: answers come from a script and time from a FakeClock. A request that no script answers is a
// test failure, and wait() moves the clock to the next scripted event, so that minutes pass in microseconds.
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"
#include "http/transport.hpp"
#include "tests/fakes/fake_clock.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::tests {

// A piece of a stream's body; the time counts from the moment the answer began.
struct Chunk {
  Milliseconds after{0};
  std::string bytes;
};

// What follows the last chunk of a stream.
enum class StreamEnd { close, stay_open, reset };

// How one request is answered.
struct Reply {
  int status = 200;
  http::Headers headers{};  // names in lower case
  std::string body{};
  std::vector<Chunk> chunks{};  // of a stream with a 2xx status, after `body`
  StreamEnd end = StreamEnd::close;
  Milliseconds latency{0};  // until the answer, or until `failure`; longer than the request's timeout: a timeout
  http::Failure failure = http::Failure::none;
  std::string message{};  // of the failure

  static Reply json(int status, const Json& body);
  // The answer of an API server that says no; `details` may be null.
  static Reply status_error(int code, const std::string& reason, const std::string& message, Json details = nullptr);
  static Reply failed(http::Failure failure, std::string message = "scripted failure");
  Reply after(Milliseconds length) &&;
  Reply with_header(std::string name, std::string value) &&;
};

// A request as it arrived.
struct Received {
  http::Request request;
  Clock::time_point at;
  std::string header(std::string_view name) const;  // first value, case-insensitive, or empty
  Json json() const;                                // the body; null when it is not JSON
};

class FakeTransport : public http::Transport {
 public:
  explicit FakeTransport(FakeClock& clock) : clock_(clock) {}

  // Patterns of paths: "/version" equals the path with or without a query; "/api/*" is a prefix of path and query.
  // Answers matching requests one after the other, each once. Earlier scripts win.
  void on(const std::string& method, const std::string& pattern, std::vector<Reply> replies);
  // Answers every matching request alike.
  void always(const std::string& method, const std::string& pattern, Reply reply);
  // Answers what the function gives; empty means that the next script is asked.
  using Responder = std::function<std::optional<Reply>(const Received&)>;
  void respond(Responder responder);
  // Runs `action` when the clock reaches now + delay, inside wait().
  void schedule(Milliseconds delay, std::function<void()> action);
  // wait() throws Error{kind} at now + delay, unless signals are ignored by then.
  void signal_after(Milliseconds delay, ErrorKind kind = ErrorKind::interrupted);

  // Sends bytes on a stream that is open, or ends it; from schedule() or between waits.
  void push(http::TransferId id, std::string bytes);
  void finish(http::TransferId id, http::Failure failure = http::Failure::none);
  // Transfers that have not ended: streams that stay open and answers under way.
  std::vector<http::TransferId> open_transfers() const;
  const Received& received(http::TransferId id) const { return requests_.at(id - 1); }  // ids count from 1

  const std::deque<Received>& requests() const { return requests_; }
  std::size_t count(const std::string& method, const std::string& pattern) const;
  // Scripted answers that nobody asked for: "GET /version (1 left)".
  std::vector<std::string> unused() const;
  bool signals_ignored() const { return signals_ignored_; }
  FakeClock& clock() { return clock_; }

  http::TransferId start(http::Request request, http::Handler& handler) override;
  void cancel(http::TransferId id) noexcept override;
  void resume(http::TransferId id) override;
  void wait(Clock::time_point until) override;
  void ignore_signals() override { signals_ignored_ = true; }

 protected:
  // The last resort when no script answers; the base class answers nothing.
  virtual std::optional<Reply> answer(http::TransferId id, const Received& received);

 private:
  struct Transfer {
    http::Handler* handler = nullptr;
    http::Response response;
    bool stream = false, paused = false;
    std::optional<http::Failure> ending;  // set when the server has ended it
    std::string message, waiting;         // bytes that a paused handler has not taken
  };
  struct Script {
    std::string name;
    Responder responder;
    std::function<std::size_t()> left;
  };
  std::optional<Reply> find_answer(http::TransferId id, const Received& received);
  void begin(http::TransferId id, Reply reply);
  void begin_stream(http::TransferId id, const Reply& reply);
  bool deliver(http::TransferId id);
  void guard_against_endless_loop();

  FakeClock& clock_;
  std::deque<Received> requests_;
  std::vector<Script> scripts_;
  std::map<http::TransferId, Transfer> transfers_;
  std::multimap<Clock::time_point, std::function<void()>> events_;
  std::optional<ErrorKind> signal_;
  bool signals_ignored_ = false, handler_ran_ = false;
  Clock::time_point last_start_{};
  int starts_at_once_ = 0;
};

// Whether a request line matches a pattern of FakeTransport::on.
bool path_matches(std::string_view pattern, std::string_view path);

// Forwards everything: base of fault injectors that override one method.
class TransportWrapper : public http::Transport {
 public:
  explicit TransportWrapper(http::Transport& target) : target_(target) {}
  http::TransferId start(http::Request request, http::Handler& handler) override {
    return target_.start(std::move(request), handler);
  }
  void cancel(http::TransferId id) noexcept override { target_.cancel(id); }
  void resume(http::TransferId id) override { target_.resume(id); }
  void wait(Clock::time_point until) override { target_.wait(until); }
  void ignore_signals() override { target_.ignore_signals(); }

 protected:
  http::Transport& target() { return target_; }

 private:
  http::Transport& target_;
};

}  // namespace kforge::tests
