// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_transport.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace kforge::tests {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool is_success(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

Reply Reply::json(int status, const Json& body) {
  return {.status = status, .headers = {{"content-type", "application/json"}}, .body = body.dump()};
}

Reply Reply::status_error(int code, const std::string& reason, const std::string& message, Json details) {
  Json status = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", Json::object()},
                 {"status", "Failure"}, {"message", message}, {"reason", reason},
                 {"code", code}};
  if (!details.is_null()) status["details"] = std::move(details);
  return json(code, status);
}

Reply Reply::failed(http::Failure failure, std::string message) {
  return {.status = 0, .failure = failure, .message = std::move(message)};
}

Reply Reply::after(Milliseconds length) && {
  latency = length;
  return std::move(*this);
}

Reply Reply::with_header(std::string name, std::string value) && {
  headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}

std::string Received::header(std::string_view name) const {
  for (const auto& [key, value] : request.headers)
    if (same_ignoring_case(key, name)) return value;
  return {};
}

Json Received::json() const {
  return Json::parse(request.body, nullptr, false).is_discarded() ? Json() : Json::parse(request.body);
}

bool path_matches(std::string_view pattern, std::string_view path) {
  if (pattern.ends_with('*')) return path.starts_with(pattern.substr(0, pattern.size() - 1));
  return path == pattern || (path.starts_with(pattern) && path[pattern.size()] == '?');
}

void FakeTransport::on(const std::string& method, const std::string& pattern, std::vector<Reply> replies) {
  auto left = std::make_shared<std::deque<Reply>>(replies.begin(), replies.end());
  scripts_.push_back({method + " " + pattern,
                      [method, pattern, left](const Received& received) -> std::optional<Reply> {
                        const http::Request& request = received.request;
                        if (left->empty() || request.method != method || !path_matches(pattern, request.path))
                          return {};
                        Reply reply = std::move(left->front());
                        left->pop_front();
                        return reply;
                      },
                      [left] { return left->size(); }});
}

void FakeTransport::always(const std::string& method, const std::string& pattern, Reply reply) {
  respond([method, pattern, reply = std::move(reply)](const Received& received) -> std::optional<Reply> {
    if (received.request.method != method || !path_matches(pattern, received.request.path)) return {};
    return reply;
  });
}

void FakeTransport::respond(Responder responder) {
  scripts_.push_back({"", std::move(responder), [] { return std::size_t{0}; }});
}

void FakeTransport::schedule(Milliseconds delay, std::function<void()> action) {
  events_.emplace(clock_.now() + delay, std::move(action));
}

void FakeTransport::signal_after(Milliseconds delay, ErrorKind kind) {
  signals_ignored_ = false;  // the run that it is for is a process of its own
  schedule(delay, [this, kind] { signal_ = kind; });
}

void FakeTransport::push(http::TransferId id, std::string bytes) {
  const auto transfer = transfers_.find(id);
  if (transfer == transfers_.end()) return;
  transfer->second.waiting += bytes;
  schedule(Milliseconds{0}, [this, id] { deliver(id); });
}

void FakeTransport::finish(http::TransferId id, http::Failure failure) {
  const auto transfer = transfers_.find(id);
  if (transfer == transfers_.end()) return;
  transfer->second.ending = failure;
  schedule(Milliseconds{0}, [this, id] { deliver(id); });
}

std::vector<http::TransferId> FakeTransport::open_transfers() const {
  std::vector<http::TransferId> open;
  for (const auto& [id, transfer] : transfers_) open.push_back(id);
  return open;
}

std::size_t FakeTransport::count(const std::string& method, const std::string& pattern) const {
  return static_cast<std::size_t>(std::ranges::count_if(requests_, [&](const Received& received) {
    return received.request.method == method && path_matches(pattern, received.request.path);
  }));
}

std::vector<std::string> FakeTransport::unused() const {
  std::vector<std::string> names;
  for (const Script& script : scripts_)
    if (const std::size_t left = script.left(); left > 0)
      names.push_back(script.name + " (" + std::to_string(left) + " left)");
  return names;
}

http::TransferId FakeTransport::start(http::Request request, http::Handler& handler) {
  guard_against_endless_loop();
  const bool stream = request.stream;
  const Milliseconds timeout = request.timeout;
  requests_.push_back({std::move(request), clock_.now()});
  const http::TransferId id = requests_.size();
  std::optional<Reply> reply = find_answer(id, requests_.back());
  if (!reply) {
    const http::Request& asked = requests_.back().request;
    throw std::logic_error("unexpected request: " + asked.method + " " + asked.path + " " + asked.body.substr(0, 200));
  }
  if (timeout.count() > 0 && reply->latency > timeout)
    reply = Reply::failed(http::Failure::timeout, "scripted timeout").after(timeout);
  transfers_[id] = {.handler = &handler,
                    .response = {},
                    .stream = stream,
                    .paused = false,
                    .ending = {},
                    .message = {},
                    .waiting = {}};
  const Milliseconds latency = reply->latency;
  schedule(latency, [this, id, answer = std::move(*reply)]() mutable { begin(id, std::move(answer)); });
  return id;
}

std::optional<Reply> FakeTransport::find_answer(http::TransferId id, const Received& received) {
  for (const Script& script : scripts_)
    if (std::optional<Reply> reply = script.responder(received)) return reply;
  return answer(id, received);
}

std::optional<Reply> FakeTransport::answer(http::TransferId, const Received&) {
  return std::nullopt;
}

void FakeTransport::begin(http::TransferId id, Reply reply) {
  const auto found = transfers_.find(id);
  if (found == transfers_.end()) return;
  Transfer& transfer = found->second;
  transfer.response = {.status = reply.status, .headers = std::move(reply.headers), .body = {}};
  transfer.message = std::move(reply.message);
  if (transfer.stream && reply.failure == http::Failure::none && is_success(reply.status))
    return begin_stream(id, reply);
  transfer.response.body = std::move(reply.body);
  transfer.ending = reply.failure;
  deliver(id);
}

void FakeTransport::begin_stream(http::TransferId id, const Reply& reply) {
  Milliseconds last{0};
  if (!reply.body.empty()) push(id, reply.body);
  for (const Chunk& chunk : reply.chunks) {
    last = std::max(last, chunk.after);
    schedule(chunk.after, [this, id, bytes = chunk.bytes] { push(id, bytes); });
  }
  if (reply.end == StreamEnd::stay_open) return;
  const http::Failure failure = reply.end == StreamEnd::reset ? http::Failure::reset : http::Failure::none;
  schedule(last, [this, id, failure] { finish(id, failure); });
}

// Hands over what waits, then the end. Returns whether the transfer is over.
bool FakeTransport::deliver(http::TransferId id) {
  auto found = transfers_.find(id);
  if (found == transfers_.end() || found->second.paused) return false;
  if (!found->second.waiting.empty()) {
    const std::string bytes = std::exchange(found->second.waiting, {});
    handler_ran_ = true;
    const bool go_on = found->second.handler->on_data(bytes);
    found = transfers_.find(id);
    if (found == transfers_.end()) return true;
    if (!go_on) {
      found->second.paused = true;
      return false;
    }
  }
  if (!found->second.ending) return false;
  Transfer transfer = std::move(found->second);
  transfers_.erase(found);
  handler_ran_ = true;
  transfer.handler->on_done(
      {.failure = *transfer.ending, .message = std::move(transfer.message), .response = std::move(transfer.response)});
  return true;
}

void FakeTransport::cancel(http::TransferId id) noexcept {
  transfers_.erase(id);
}

void FakeTransport::resume(http::TransferId id) {
  const auto transfer = transfers_.find(id);
  if (transfer == transfers_.end()) return;
  transfer->second.paused = false;
  schedule(Milliseconds{0}, [this, id] { deliver(id); });
}

void FakeTransport::wait(Clock::time_point until) {
  for (handler_ran_ = false; !handler_ran_;) {
    if (signal_ && !signals_ignored_) throw Error(*std::exchange(signal_, std::nullopt), "interrupted by a signal");
    if (events_.empty() || events_.begin()->first > until) {
      if (until == Clock::time_point::max()) throw std::logic_error("wait() without end: nothing is scheduled");
      return clock_.advance_to(until);
    }
    clock_.advance_to(events_.begin()->first);
    const auto due = events_.upper_bound(clock_.now());
    std::vector<std::function<void()>> actions;
    for (auto event = events_.begin(); event != due; ++event) actions.push_back(std::move(event->second));
    events_.erase(events_.begin(), due);
    for (const auto& action : actions) action();
  }
}

void FakeTransport::guard_against_endless_loop() {
  starts_at_once_ = clock_.now() == last_start_ ? starts_at_once_ + 1 : 0;
  last_start_ = clock_.now();
  if (starts_at_once_ > 20'000) throw std::logic_error("20000 requests without the clock moving: an endless loop");
}

}  // namespace kforge::tests
