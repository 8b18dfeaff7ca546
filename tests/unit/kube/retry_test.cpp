// SPDX-License-Identifier: Apache-2.0
// The tables of what is sent again: client-go's TestRetryableConditions, and what kforge adds for idempotent requests.
#include "kube/retry.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using http::Failure;
using kube::next_try;

const kube::ApiRequest read = get("/api/v1/pods");
const kube::ApiRequest create = post("/api/v1/namespaces/a/pods");

kube::ApiRequest apply_of(const Json& object = config_map("a", "b")) {
  return kube::apply_request(kind("v1", "ConfigMap"), object, {});
}

Json status(const std::string& message) {
  return {{"kind", "Status"}, {"status", "Failure"}, {"message", message}};
}

kube::Outcome answer(int code, const std::string& message = {}) {
  return {.failure = Failure::none, .status = code, .body = status(message), .retry_after = {}};
}

kube::Outcome answer_after(int code, Milliseconds retry_after) {
  return {.failure = Failure::none, .status = code, .body = status(""), .retry_after = retry_after};
}

kube::Outcome failure(Failure what) {
  return {.failure = what, .status = 0, .body = nullptr, .retry_after = {}};
}

bool again(const kube::ApiRequest& request, const kube::Outcome& outcome, const kube::RetryState& state = {}) {
  kube::Jitter jitter(1);
  return next_try(request, outcome, state, jitter).has_value();
}

Milliseconds delay(const kube::ApiRequest& request, const kube::Outcome& outcome, const kube::RetryState& state = {}) {
  kube::Jitter jitter(1);
  return next_try(request, outcome, state, jitter).value().delay;
}

}  // namespace

TEST_CASE("a server that names a time is obeyed for every method, by everybody") {
  for (const kube::ApiRequest& request : {read, create, apply_of()})
    for (const int code : {429, 500, 503}) {
      kube::Jitter jitter(1);
      const auto next = next_try(request, answer_after(code, 7s), {}, jitter);
      REQUIRE(next);
      CHECK(next->delay == 7s);
      CHECK(next->whole_host);
    }
}

TEST_CASE("throttling is waited out for a minute, not longer") {
  CHECK(again(read, answer_after(429, 10s), {.attempts = 5, .elapsed = 50s}));
  CHECK_FALSE(again(read, answer_after(429, 10s), {.attempts = 6, .elapsed = 51s}));
  CHECK(delay(read, answer(429)) == 1s);
}

TEST_CASE("an eviction that a disruption budget blocks is an answer, not an overload") {
  kube::Outcome blocked = answer(429);
  blocked.body["details"] = {{"causes", {{{"reason", "DisruptionBudget"}}}}};
  CHECK_FALSE(again(create, blocked));
}

TEST_CASE("requests with an unknown outcome are sent again only when that is safe") {
  for (const Failure what : {Failure::reset, Failure::refused, Failure::resolve}) {
    CHECK(again(read, failure(what)));
    CHECK(again(apply_of(), failure(what)));
    CHECK_FALSE(again(create, failure(what)));
  }
  for (const int code : {502, 503, 504}) {
    CHECK(again(read, answer(code)));
    CHECK(again(apply_of(), answer(code)));
    CHECK_FALSE(again(create, answer(code)));
  }
}

TEST_CASE("outages are bridged for thirty seconds with growing waits") {
  CHECK(again(read, failure(Failure::reset), {.attempts = 4, .elapsed = 20s}));
  CHECK_FALSE(again(read, failure(Failure::reset), {.attempts = 6, .elapsed = 29s}));
  Milliseconds base = 500ms;
  for (int attempts = 1; attempts <= 5; ++attempts, base *= 2) {
    const Milliseconds wait = delay(read, failure(Failure::reset), {.attempts = attempts});
    CHECK(wait >= base * 3 / 4);
    CHECK(wait <= base * 5 / 4);
  }
}

TEST_CASE("a server that never answered is reported at once") {
  CHECK_FALSE(again(read, failure(Failure::refused), {.contacted = false}));
  CHECK_FALSE(again(read, failure(Failure::resolve), {.contacted = false}));
  CHECK(again(read, failure(Failure::reset), {.contacted = false}));
  CHECK_FALSE(again(read, failure(Failure::reset), {.attempts = 3, .elapsed = 2s, .contacted = false}));
}

TEST_CASE("certificates, timeouts, proxies and redirects are never tried again") {
  for (const Failure what : {Failure::tls_untrusted, Failure::tls_name_mismatch, Failure::tls_expired,
                             Failure::tls_client_rejected, Failure::tls_other, Failure::timeout,
                             Failure::connect_timeout, Failure::proxy, Failure::redirect, Failure::too_large})
    CHECK_FALSE(again(read, failure(what)));
}

TEST_CASE("a webhook that is down is asked every two seconds for four minutes") {
  const kube::Outcome down = answer(500, "Internal error occurred: failed calling webhook \"check.example\": refused");
  CHECK(delay(apply_of(), down) == 2s);
  CHECK(again(apply_of(), down, {.attempts = 100, .elapsed = 238s}));
  CHECK_FALSE(again(apply_of(), down, {.attempts = 121, .elapsed = 239s}));
  CHECK(again(apply_of(), answer(500, "conversion webhook for example.com/v1, Kind=Shop failed: refused"),
              {.attempts = 50}));
  CHECK_FALSE(again(create, down));
}

TEST_CASE("a change of leader in the storage is bridged") {
  for (const char* message :
       {"etcdserver: leader changed", "rpc error: etcdserver: request timed out", "raft proposal dropped"})
    CHECK(again(apply_of(), answer(500, message), {.attempts = 5, .elapsed = 10s}));
}

TEST_CASE("another internal error gets three attempts") {
  CHECK(again(apply_of(), answer(500, "boom"), {.attempts = 2}));
  CHECK_FALSE(again(apply_of(), answer(500, "boom"), {.attempts = 3}));
}

TEST_CASE("errors of the request itself are never tried again") {
  for (const int code : {400, 403, 404, 405, 410, 413, 415, 422}) CHECK_FALSE(again(apply_of(), answer(code)));
  CHECK_FALSE(
      again(apply_of(),
            answer(500, "failed to create typed patch object (a/b; apps/v1): .spec.x: field not declared in schema")));
  CHECK_FALSE(again(apply_of(), answer(500, "etcdserver: request is too large")));
}

TEST_CASE("a race for quota is tried again five times") {
  const kube::Outcome race =
      answer(409, "Operation cannot be fulfilled on resourcequotas \"q\": the object has been modified");
  CHECK(again(apply_of(), race, {.attempts = 5}));
  CHECK_FALSE(again(apply_of(), race, {.attempts = 6}));
  const Milliseconds wait = delay(apply_of(), race);
  CHECK(wait >= 100ms);
  CHECK(wait <= 1s);
}

TEST_CASE("an optimistic lock inside an apply is tried again, a field conflict or a stale version is not") {
  const kube::Outcome lock =
      answer(409, "Operation cannot be fulfilled on configmaps \"b\": the object has been modified");
  CHECK(again(apply_of(), lock));
  Json versioned = config_map("a", "b");
  versioned["metadata"]["resourceVersion"] = "7";
  CHECK_FALSE(again(apply_of(versioned), lock));
  kube::Outcome managers = lock;
  managers.body["details"] = {{"causes", {{{"reason", "FieldManagerConflict"}, {"field", ".data.key"}}}}};
  CHECK_FALSE(again(apply_of(), managers));
  kube::ApiRequest removal =
      kube::delete_request(kind("v1", "ConfigMap"), {{}, "a", "b"}, "uid", kube::Propagation::background);
  CHECK_FALSE(again(removal, lock));
}

TEST_CASE("only whole seconds count in Retry-After, and the Status may name them instead") {
  const auto wait = [](const char* header, const Json& body) {
    return kube::retry_after_of({.status = 429, .headers = {{"retry-after", header}}, .body = {}}, body);
  };
  CHECK(wait("3", nullptr) == 3s);
  CHECK(wait("Wed, 21 Oct 2026 07:28:00 GMT", nullptr) == std::nullopt);
  CHECK(wait("", {{"details", {{"retryAfterSeconds", 4}}}}) == 4s);
  CHECK(wait("-1", nullptr) == std::nullopt);
}

TEST_CASE("a delete without a uid is not repeated, one with a uid is") {
  const auto removal = [](const std::string& uid) {
    return kube::delete_request(kind("v1", "ConfigMap"), {{}, "a", "b"}, uid, kube::Propagation::background);
  };
  CHECK_FALSE(again(removal(""), failure(Failure::reset)));
  CHECK(again(removal("u1"), failure(Failure::reset)));
}

}  // namespace kforge::tests
