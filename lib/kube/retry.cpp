// SPDX-License-Identifier: Apache-2.0
#include "kube/retry.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace kforge::kube {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds throttle_limit = 60s;  // of waiting for 429 and Retry-After
constexpr Milliseconds outage_limit = 30s;    // of replaying what has an unknown outcome
constexpr Milliseconds first_contact_limit = 2s;
constexpr Milliseconds webhook_limit = 4min;
constexpr Milliseconds webhook_step = 2s;
constexpr int conflict_attempts = 6;  // the first one and five more
constexpr int internal_error_attempts = 3;

// 0.5 s, 1 s, 2 s … 8 s, each a quarter up or down.
Milliseconds backoff(int attempts, Jitter& jitter) {
  const Milliseconds base = 500ms * (1 << std::min(attempts - 1, 4));
  return jitter.between(base * 3 / 4, base * 5 / 4);
}

std::optional<NextTry> within(Milliseconds limit, const RetryState& state, NextTry next) {
  if (state.elapsed + next.delay > limit) return std::nullopt;
  return next;
}

bool has_cause(const Json& status, std::string_view reason) {
  const Json& causes = at_path(status, {"details", "causes"});
  return causes.is_array() &&
         std::ranges::any_of(causes, [&](const Json& cause) { return string_at(cause, {"reason"}) == reason; });
}

std::optional<NextTry> after_failure(const ApiRequest& request, http::Failure failure, const RetryState& state,
                                     Jitter& jitter) {
  if (request.replay == Replay::unsafe) return std::nullopt;
  const Milliseconds limit = state.contacted ? outage_limit : first_contact_limit;
  switch (failure) {
    case http::Failure::reset:
      return within(limit, state, {backoff(state.attempts, jitter), false, "the connection broke"});
    case http::Failure::refused:
    case http::Failure::resolve:
      // A server that never answered is most likely the wrong one, or down: say so at once.
      if (!state.contacted) return std::nullopt;
      return within(limit, state,
                    {backoff(state.attempts, jitter), false,
                     failure == http::Failure::refused ? "it refuses connections" : "its name does not resolve"});
    default:
      return std::nullopt;
  }
}

// A PodDisruptionBudget that blocks an eviction is an answer, not an overload.
std::optional<NextTry> after_throttling(const Outcome& outcome, const RetryState& state) {
  if (has_cause(outcome.body, "DisruptionBudget")) return std::nullopt;
  return within(throttle_limit, state, {outcome.retry_after.value_or(1s), true, "it is overloaded"});
}

bool is_webhook_failure(std::string_view message) {
  return contains(message, "failed calling webhook") || contains(message, "failed calling admission webhook") ||
         (contains(message, "conversion webhook for ") && contains(message, " failed"));
}

// The storage elects a leader, or drops a proposal meanwhile.
bool is_storage_hiccup(std::string_view message) {
  return (contains(message, "etcdserver: ") &&
          (contains(message, "leader changed") || contains(message, "timed out"))) ||
         contains(message, "raft proposal dropped");
}

// What a server reports as 500 although the request itself is at fault.
bool is_request_at_fault(std::string_view message) {
  return contains(message, "failed to create typed patch object") ||
         contains(message, "field not declared in schema") || contains(message, "etcdserver: request is too large");
}

std::optional<NextTry> after_internal_error(const std::string& message, const RetryState& state, Jitter& jitter) {
  if (is_webhook_failure(message))
    return within(webhook_limit, state, {webhook_step, false, "an admission webhook does not answer"});
  if (is_storage_hiccup(message))
    return within(outage_limit, state, {backoff(state.attempts, jitter), false, "its storage elects a leader"});
  if (is_request_at_fault(message) || state.attempts >= internal_error_attempts) return std::nullopt;
  return within(outage_limit, state, {backoff(state.attempts, jitter), false, "it reports an internal error"});
}

// Races of the server's own: quota accounting, and optimistic locks inside a server-side apply. A conflict with a field
// manager or with a version that the request itself names is for the caller.
std::optional<NextTry> after_conflict(const ApiRequest& request, const Outcome& outcome, const RetryState& state,
                                      Jitter& jitter) {
  const std::string message = string_at(outcome.body, {"message"});
  const bool quota = contains(message, "Operation cannot be fulfilled on resourcequota");
  const bool apply_race = contains(request.content_type, "apply-patch") &&
                          !has_cause(outcome.body, "FieldManagerConflict") &&
                          !contains(request.body, "\"resourceVersion\"");
  if ((!quota && !apply_race) || state.attempts >= conflict_attempts) return std::nullopt;
  return NextTry{jitter.between(100ms, 1s), false, "somebody else changes the same object"};
}

}  // namespace

std::optional<NextTry> next_try(const ApiRequest& request, const Outcome& outcome, const RetryState& state,
                                Jitter& jitter) {
  if (outcome.failure != http::Failure::none) return after_failure(request, outcome.failure, state, jitter);
  if (outcome.status == 429) return after_throttling(outcome, state);
  if (outcome.status >= 500 && outcome.retry_after)
    return within(throttle_limit, state, {*outcome.retry_after, true, "it is not ready"});
  if (request.replay == Replay::unsafe) return std::nullopt;
  if (outcome.status == 409) return after_conflict(request, outcome, state, jitter);
  if (outcome.status == 500) return after_internal_error(string_at(outcome.body, {"message"}), state, jitter);
  if (outcome.status == 502 || outcome.status == 503 || outcome.status == 504)
    return within(outage_limit, state, {backoff(state.attempts, jitter), false, "it is not ready"});
  return std::nullopt;
}

std::optional<Milliseconds> retry_after_of(const http::Response& response, const Json& body) {
  const std::string_view text = response.header("retry-after");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!text.empty() && error == std::errc{} && end == text.data() + text.size() && seconds >= 0)
    return std::chrono::seconds{seconds};
  const std::int64_t from_body = int_at(body, {"details", "retryAfterSeconds"}, 0);
  if (from_body > 0) return std::chrono::seconds{from_body};
  return std::nullopt;
}

}  // namespace kforge::kube
