// SPDX-License-Identifier: Apache-2.0
#include "deploy/session.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr std::chrono::milliseconds tick{100};
constexpr std::chrono::seconds date_resolution{2};

bool is_write(const kube::ApiRequest& request) {
  return request.method != "GET" && !contains(request.path, "dryRun=All");
}

}  // namespace

Session::Session(const Context& context, std::chrono::milliseconds budget)
    : context_(context), started_(context.clock.now()), deadline_(started_ + budget), last_tick_(started_) {}

std::chrono::milliseconds Session::elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now() - started_);
}

// A Date header has whole seconds, so small differences say nothing.
void Session::note_server_time(WallTime server_time) {
  const auto ahead = server_time - context_.clock.wall_time();
  server_ahead_ = std::chrono::abs(ahead) < date_resolution ? std::chrono::microseconds{0} : ahead;
}

void Session::emit(Event event) {
  masker_.mask(event);
  context_.observer.on_event(event);
}

void Session::tell_warnings() {
  for (std::string& text : client().take_warnings()) emit(WarningText{std::move(text)});
  for (std::string& text : client().take_notices()) emit(WarningText{std::move(text)});
}

void Session::check_lifeline() const {
  if (lifeline_ != nullptr) lifeline_->check();
}

void Session::pump(Clock::time_point until) {
  if (lifeline_ != nullptr) lifeline_->keep();
  client().wait(std::min(until, last_tick_ + tick));
  tell_warnings();
  if (now() < last_tick_ + tick) return;
  last_tick_ = now();
  context_.observer.on_tick();
}

bool Session::run_until(const Done& done, const Wake& wake) {
  while (!done()) {
    if (now() >= deadline_) return false;
    const std::optional<Clock::time_point> next = wake ? wake() : std::nullopt;
    pump(next ? std::min(*next, deadline_) : deadline_);
  }
  return true;
}

RequestGroup::~RequestGroup() {
  for (const auto& [key, id] : open_) session_.client().cancel(id);
}

void RequestGroup::send(kube::ApiRequest request, kube::ApiReply reply) {
  if (writes_ == Writes::alive && is_write(request)) session_.check_lifeline();
  const std::uint64_t key = ++next_;
  open_[key] =
      session_.client().send(std::move(request), [this, key, reply = std::move(reply)](kube::ApiResult result) {
        open_.erase(key);
        if (result.server_time) session_.note_server_time(*result.server_time);
        reply(std::move(result));
      });
}

void RequestGroup::finish(const std::string& what) {
  if (session_.run_until([this] { return open_.empty(); })) return;
  throw Error(ErrorKind::timed_out, fmt::format("no answer from the cluster while {}", what))
      .hint("give it more time with --timeout, or look at the API server's health");
}

Error failure_of(const kube::ApiResult& result, const std::string& what) {
  if (!result.error) return Error(ErrorKind::internal, what);
  if (result.status == 0 || result.status == 401) return *result.error;  // about the cluster, not about the request
  Error error(result.error->kind, fmt::format("{}: {}", what, result.error->what()));
  error.cause = result.error->cause;
  error.advice = result.error->advice;
  error.code = result.error->code;
  return error;
}

}  // namespace kforge::deploy
