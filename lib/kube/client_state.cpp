// SPDX-License-Identifier: Apache-2.0
#include "kube/client_state.hpp"

#include "base/text.hpp"
#include "http/url.hpp"
#include "kube/errors.hpp"
#include "kube/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::kube {
namespace {

using namespace std::chrono_literals;

// An idle API server on two cores is busy with eight writes. While it creates pods, its controllers write too, and more
// at once get a larger share: 200 Deployments take two thirds of the time with 24. Reads are cheap for it.
constexpr std::size_t most_in_flight = 32, most_writes_in_flight = 24;
constexpr Milliseconds silent_wait = 3s;

http::Headers headers_of(const ApiRequest& request, const Identity& identity) {
  http::Headers headers = identity.headers;
  headers.emplace_back("Accept", request.accept);
  if (!request.content_type.empty()) headers.emplace_back("Content-Type", request.content_type);
  return headers;
}

// "/api/v1/pods?limit=500&labelSelector=x" -> "/api/v1/pods?labelSelector=x"
std::string without_limit(const std::string& path) {
  const std::size_t start = path.find("limit=");
  if (start == std::string::npos) return path;
  const std::size_t end = path.find('&', start);
  return end == std::string::npos ? path.substr(0, start - 1) : path.substr(0, start) + path.substr(end + 1);
}

}  // namespace

Json parse_body(const std::string& body) {
  Json parsed = Json::parse(body, nullptr, false);
  if (parsed.is_discarded()) parsed = nullptr;
  return parsed;
}

bool is_success(const http::Completion& completion, const Json& body) {
  if (completion.failure != http::Failure::none || completion.response.status / 100 != 2) return false;
  return string_at(body, {"kind"}) != "Status" || string_at(body, {"status"}) != "Failure";
}

void Call::on_done(http::Completion completion) {
  owner.finished(*this, std::move(completion));
}

ClientState::ClientState(http::Transport& http, ClusterAccess access, CredentialSources sources)
    : transport(http),
      clock(sources.clock),
      credentials(std::move(access), sources),
      jitter(static_cast<std::uint64_t>(sources.clock.wall_time().time_since_epoch().count())) {}

Milliseconds ClientState::since(Clock::time_point start) const {
  return std::chrono::duration_cast<Milliseconds>(clock.now() - start);
}

RequestId ClientState::send(ApiRequest request, ApiReply reply) {
  const RequestId id = ++last_id;
  auto call = std::make_unique<Call>(*this, id, std::move(request), std::move(reply));
  requeue(*calls.emplace(id, std::move(call)).first->second);
  pump();
  return id;
}

void ClientState::requeue(Call& call) {
  (call.is_write() ? writes : reads).push_back(call.id);
}

void ClientState::pump() {
  if (paused_until && clock.now() < *paused_until) return;
  paused_until.reset();
  while (in_flight < most_in_flight && start_next(reads)) {
  }
  while (in_flight < most_in_flight && writes_in_flight < most_writes_in_flight && start_next(writes)) {
  }
}

// False when the queue is empty.
bool ClientState::start_next(std::deque<RequestId>& queue) {
  if (queue.empty()) return false;
  const RequestId id = queue.front();
  queue.pop_front();
  const auto call = calls.find(id);
  if (call == calls.end()) return true;  // cancelled
  try {
    start(*call->second);
  } catch (const Error& error) {  // no credentials; the reply comes from wait()
    failed.emplace(id, error);
  }
  return true;
}

void ClientState::start(Call& call) {
  const Identity identity = credentials.current();
  http::Request request;
  request.connection = identity.connection;
  request.method = call.request.method;
  request.path = call.path;
  request.headers = headers_of(call.request, identity);
  request.bearer_token = identity.bearer_token;
  request.body = call.request.body;
  request.timeout = call.request.timeout;
  request.idempotent = call.request.replay == Replay::safe;
  if (!call.started) call.started = clock.now();
  call.generation = identity.generation;
  ++call.attempts;
  ++sent;
  call.transfer = transport.start(std::move(request), call);
  ++in_flight;
  if (call.is_write()) ++writes_in_flight;
}

void ClientState::leave_flight(Call& call) {
  if (call.transfer == 0) return;
  call.transfer = 0;
  --in_flight;
  if (call.is_write()) --writes_in_flight;
}

void ClientState::finished(Call& call, http::Completion completion) {
  leave_flight(call);
  note_answer(completion.response);
  Outcome outcome{completion.failure, completion.response.status, {}, {}};
  outcome.body = parse_body(completion.response.body);
  const bool ok = is_success(completion, outcome.body);
  if (ok ? asks_for_more(call, outcome.body) : tries_again(call, outcome, completion.response)) return;
  ApiResult result;
  result.status = completion.response.status;
  result.server_time = parse_http_date(completion.response.header("date"));
  result.attempts = call.attempts;
  result.error = std::exchange(call.credential_error, std::nullopt);
  if (!result.error) result.error = error_of(call, completion, outcome.body);
  if (ok && !contains(call.request.accept, "json")) outcome.body = std::move(completion.response.body);
  result.body = std::move(outcome.body);
  finish(call.id, std::move(result));
}

// Empty when the answer is what was asked for.
std::optional<Error> ClientState::error_of(const Call& call, const http::Completion& completion,
                                           const Json& body) const {
  const ClusterAccess& access = credentials.access();
  if (completion.failure != http::Failure::none) return connection_error(call.request, access, completion);
  if (!is_success(completion, body)) return status_error(call.request, access, completion.response, body);
  if (contains(call.request.accept, "json") && body.is_null())
    return not_kubernetes_error(call.request, access, completion.response);
  return std::nullopt;
}

bool ClientState::asks_for_more(Call& call, Json& body) {
  last_notice.clear();
  return call.request.follow_pages && follow_pages(call, body);
}

// Whether a request that did not succeed goes out again, now or later.
bool ClientState::tries_again(Call& call, Outcome& outcome, const http::Response& response) {
  if (outcome.status == 401 && renewed_after_401(call)) {
    requeue(call);
    return true;
  }
  if (restart_unpaged(call, outcome.status)) return true;
  outcome.retry_after = retry_after_of(response, outcome.body);
  const RetryState state{call.attempts, since(*call.started), contacted};
  const std::optional<NextTry> next = next_try(call.request, outcome, state, jitter);
  if (next) retry_later(call, *next);
  return next.has_value();
}

// Once per request. A plugin that fails now explains the refusal better than the server does.
bool ClientState::renewed_after_401(Call& call) {
  if (std::exchange(call.renewed, true)) return false;
  try {
    return credentials.renew(call.generation);
  } catch (const Error& error) {
    call.credential_error = error;
    return false;
  }
}

void ClientState::retry_later(Call& call, const NextTry& next) {
  const Clock::time_point due = clock.now() + next.delay;
  retries.emplace(due, call.id);
  if (next.whole_host) paused_until = std::max(paused_until.value_or(due), due);
  if (since(*call.started) + next.delay >= silent_wait) note_wait(next.why);
}

// Adds a page to what came before and asks for the next one; false when this was the last, now with all items in
// `body`.
bool ClientState::follow_pages(Call& call, Json& body) {
  const std::string token = string_at(body, {"metadata", "continue"});
  if (call.pages) {
    Json& items = (*call.pages)["items"];
    for (Json& item : body["items"]) items.push_back(std::move(item));
    (*call.pages)["metadata"] = std::move(body["metadata"]);
    body = std::move(*call.pages);
  }
  if (token.empty()) return false;
  call.pages = std::move(body);
  call.path = call.request.path + "&continue=" + url_encode(token);
  requeue(call);
  return true;
}

// The server has forgotten the snapshot that the pages come from: one request for everything cannot expire.
bool ClientState::restart_unpaged(Call& call, int status) {
  if (status != 410 || !call.pages) return false;
  call.pages.reset();
  call.path = without_limit(call.request.path);
  requeue(call);
  return true;
}

void ClientState::finish(RequestId id, ApiResult result) {
  const auto found = calls.find(id);
  const std::unique_ptr<Call> call = std::move(found->second);
  calls.erase(found);
  call->reply(std::move(result));
}

void ClientState::note_answer(const http::Response& response) {
  if (response.status == 0) return;
  contacted = true;
  for (std::string& text : warnings_of(response.headers))
    if (seen_warnings.insert(text).second) warnings.push_back(std::move(text));
}

void ClientState::note_wait(const std::string& why) {
  std::string notice =
      fmt::format("waiting for {}: {}", http::without_userinfo(credentials.access().connection.base_url), why);
  if (notice == last_notice) return;
  last_notice = notice;
  notices.push_back(std::move(notice));
}

void ClientState::cancel(RequestId id) noexcept {
  if (const auto found = calls.find(id); found != calls.end()) {
    if (found->second->transfer != 0) transport.cancel(found->second->transfer);
    leave_flight(*found->second);
    calls.erase(found);
  }
  if (const auto found = watches.find(id); found != watches.end()) {
    found->second->stop();
    cancelled.push_back(std::move(found->second));
    watches.erase(found);
  }
  if (const auto found = streams.find(id); found != streams.end()) {
    found->second->stop();
    retire_stream(id);
  }
}

RequestId ClientState::watch(WatchRequest request, WatchHandler& handler) {
  const RequestId id = ++last_id;
  Watch& started = *watches.emplace(id, std::make_unique<Watch>(*this, std::move(request), handler)).first->second;
  started.list();
  return id;
}

RequestId ClientState::stream(ApiRequest request, StreamHandler& handler) {
  const RequestId id = ++last_id;
  streams.emplace(id, std::make_unique<BodyStream>(*this, id, std::move(request), handler)).first->second->open();
  return id;
}

void ClientState::retire_stream(RequestId id) {
  ended_streams.push_back(std::move(streams.extract(id).mapped()));
}

void ClientState::run_timers() {
  const Clock::time_point now = clock.now();
  for (auto due = retries.begin(); due != retries.end() && due->first <= now; due = retries.erase(due))
    if (const auto call = calls.find(due->second); call != calls.end()) requeue(*call->second);
  std::vector<RequestId> ids;  // a timer's callback may start or cancel watches
  for (const auto& [id, watch] : watches) ids.push_back(id);
  for (const RequestId id : ids)
    if (const auto watch = watches.find(id); watch != watches.end()) watch->second->on_time(now);
}

bool ClientState::deliver_failed() {
  const bool any = !failed.empty() || !failed_streams.empty();
  for (std::size_t left = failed_streams.size(); left > 0 && !failed_streams.empty(); --left) {
    const auto first = failed_streams.extract(failed_streams.begin());
    if (const auto found = streams.find(first.key()); found != streams.end()) found->second->end({0, first.mapped()});
  }
  for (std::size_t left = failed.size(); left > 0 && !failed.empty(); --left) {
    const auto first = failed.extract(failed.begin());
    if (!calls.contains(first.key())) continue;  // cancelled
    ApiResult result;
    result.error = first.mapped();
    finish(first.key(), std::move(result));
  }
  return any;
}

Clock::time_point ClientState::next_due() const {
  Clock::time_point due = Clock::time_point::max();
  if (!retries.empty()) due = retries.begin()->first;
  if (paused_until && !(reads.empty() && writes.empty())) due = std::min(due, *paused_until);
  for (const auto& [id, watch] : watches) due = std::min(due, watch->due());
  return due;
}

void ClientState::wait(Clock::time_point until) {
  struct Depth {
    explicit Depth(int& value) : depth(value) { ++depth; }
    ~Depth() { --depth; }
    int& depth;
  };
  if (wait_depth == 0) {
    cancelled.clear();
    ended_streams.clear();
  }
  const Depth inside(wait_depth);
  run_timers();
  pump();
  if (deliver_failed()) return;
  transport.wait(std::min(until, next_due()));
  run_timers();
  pump();
}

}  // namespace kforge::kube
