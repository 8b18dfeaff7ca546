// SPDX-License-Identifier: Apache-2.0
#include "stream/pod_http.hpp"

#include "stream/wake.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

namespace kforge::stream {
namespace {

namespace http1 = boost::beast::http;
using Parser = http1::response_parser<http1::string_body>;

constexpr std::size_t largest_body = std::size_t{1} << 20;
constexpr std::size_t shown_body = 4096;

std::string request_of(const PodQuestion& question) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: kforge-health\r\nAccept: */*\r\nConnection: close\r\n\r\n",
      question.path, question.host.empty() ? "localhost" : question.host);
}

Error not_http(const PodQuestion& question, const std::string& why) {
  return Error(ErrorKind::unreachable,
               fmt::format("port {} of pod '{}' does not answer in HTTP", question.target.port, question.target.pod))
      .why(why);
}

// Feeds the parser until it has the whole answer.
Task<void> read_answer(PodConnection& pod, Parser& parser, const PodQuestion& question) {
  std::string pending;
  std::string_view bytes;
  while (!parser.is_done()) {
    error_code ec;
    const bool more = co_await pod.read(bytes);
    if (!more) {
      if (parser.is_header_done()) {
        parser.put_eof(ec);
        if (!ec) co_return;
      }
      throw not_http(question, "the connection ended in the middle of the answer");
    }
    pending.append(bytes);
    while (!pending.empty() && !parser.is_done()) {
      const std::size_t taken = parser.put(boost::asio::buffer(pending), ec);
      pending.erase(0, taken);
      if (ec == http1::error::need_more || taken == 0) break;
      if (ec) throw not_http(question, ec.message());
    }
    if (ec && ec != http1::error::need_more) throw not_http(question, ec.message());
  }
}

class Asking {
 public:
  Asking(kube::Client& client, const SignalSource& signals, const std::vector<PodQuestion>& questions,
         Patience patience)
      : client_(client),
        signals_(signals),
        questions_(questions),
        patience_(patience),
        signal_(io_, signals.poll_fd()),
        answers_(questions.size()),
        open_(questions.size()) {}

  std::vector<PodAnswer> run() {
    for (std::size_t i = 0; i < questions_.size(); ++i)
      asio::co_spawn(io_, ask(i), [this](const std::exception_ptr& error) {
        if (error) end(error);
        if (--open_ == 0) end(nullptr);
      });
    asio::co_spawn(io_, obey_signals(), [this](const std::exception_ptr& error) {
      if (error) end(error);
    });
    if (!questions_.empty()) io_.run();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(answers_);
  }

 private:
  Task<void> ask(std::size_t place) {
    PodAnswer& answer = answers_[place];
    bool late = false;
    try {
      co_await exchange(questions_[place], answer, late);
    } catch (const Error& error) {
      answer.error = error;
    }
    if (late)
      answer.error = Error(ErrorKind::timed_out, fmt::format("no answer within {}", format_duration(patience_.each)));
  }

  Task<void> exchange(const PodQuestion& question, PodAnswer& answer, bool& late) {
    auto pod = co_await PodConnection::open(client_, question.target);
    asio::steady_timer timer(io_, patience_.each);
    timer.async_wait([&](error_code ec) {
      if (ec) return;
      late = true;
      pod->abort();
    });
    const auto started = std::chrono::steady_clock::now();
    const std::string request = request_of(question);
    co_await pod->write(request);
    Parser parser;
    parser.body_limit(largest_body);
    parser.eager(true);
    co_await read_answer(*pod, parser, question);
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
    answer.status = static_cast<int>(parser.get().result_int());
    answer.body = parser.get().body().substr(0, shown_body);
    timer.cancel();
    pod->abort();
  }

  Task<void> obey_signals() {
    for (;;) {
      const bool woken = co_await signal_.wait();
      if (!woken) co_return;
      signal_.drain();
      throw_if_signalled(signals_);
    }
  }

  void end(const std::exception_ptr& error) {
    if (!failure_) failure_ = error;
    io_.stop();
  }

  kube::Client& client_;
  const SignalSource& signals_;
  const std::vector<PodQuestion>& questions_;
  Patience patience_;
  asio::io_context io_{1};
  Wake signal_;
  std::vector<PodAnswer> answers_;
  std::size_t open_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<PodAnswer> ask_pods(kube::Client& client, const SignalSource& signals,
                                const std::vector<PodQuestion>& questions, Patience patience) {
  return Asking(client, signals, questions, patience).run();
}

}  // namespace kforge::stream
