// SPDX-License-Identifier: Apache-2.0
#include "kube/client.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using http::Failure;

// Remembers how many requests were under way at the same time.
struct FlightMeter final : TransportWrapper {
  using TransportWrapper::TransportWrapper;
  FakeTransport& fake = dynamic_cast<FakeTransport&>(target());
  std::size_t most = 0, most_writes = 0;

  http::TransferId start(http::Request request, http::Handler& handler) override {
    const http::TransferId id = target().start(std::move(request), handler);
    std::size_t writes = 0;
    for (const http::TransferId open : fake.open_transfers())
      if (fake.received(open).request.method != "GET") ++writes;
    most = std::max(most, fake.open_transfers().size());
    most_writes = std::max(most_writes, writes);
    return id;
  }
};

}  // namespace

TEST_CASE("a request carries the account's token, the wanted type and no credentials in its headers") {
  ScriptedClient test;
  test.transport.on("GET", "/version", {Reply::json(200, {{"gitVersion", "v1.36.3"}})});
  const kube::ApiResult result = test.client.call(get("/version"));
  REQUIRE(result.ok());
  CHECK(string_at(result.body, {"gitVersion"}) == "v1.36.3");
  const Received& received = test.transport.requests().front();
  CHECK(received.request.bearer_token->reveal() == "secret-token");
  CHECK(received.header("accept") == "application/json");
  CHECK(received.header("authorization").empty());
  CHECK(received.request.timeout == 60s);
}

TEST_CASE("a reply never comes from send") {
  ScriptedClient test;
  test.transport.always("GET", "/version", Reply::json(200, Json::object()));
  bool answered = false;
  test.client.send(get("/version"), [&](kube::ApiResult) { answered = true; });
  CHECK_FALSE(answered);
  test.client.wait(test.clock.now() + 1s);
  CHECK(answered);
}

TEST_CASE("at most 32 requests are in flight, at most 24 of them writes") {
  FakeClock clock;
  FakeTransport transport(clock);
  FlightMeter meter(transport);
  FakeProcesses processes;
  const Environment environment;
  kube::Client client(meter, clock, processes, token_access(), environment, false);
  transport.respond([](const Received&) { return Reply::json(200, Json::object()).after(10ms); });
  int answers = 0;
  for (int i = 0; i < 100; ++i) {
    client.send(get("/a"), [&](kube::ApiResult) { ++answers; });
    client.send(post("/b"), [&](kube::ApiResult) { ++answers; });
  }
  while (answers < 200) client.wait(clock.now() + 1s);
  CHECK(meter.most == 32);
  CHECK(meter.most_writes == 24);
  CHECK(client.requests_sent() == 200);
}

TEST_CASE("a cancelled request gets no reply, in flight or queued") {
  ScriptedClient test;
  test.transport.respond([](const Received&) { return Reply::json(200, Json::object()).after(10ms); });
  std::vector<kube::RequestId> ids;
  int answers = 0;
  for (int i = 0; i < 40; ++i) ids.push_back(test.client.send(get("/a"), [&](kube::ApiResult) { ++answers; }));
  test.client.cancel(ids[0]);
  test.client.cancel(ids[39]);
  test.run_for(1s);
  CHECK(answers == 38);
}

TEST_CASE("a broken connection is tried again after growing waits, then works") {
  ScriptedClient test;
  test.transport.on("GET", "/version",
                    {Reply::json(200, Json::object()), Reply::failed(Failure::reset), Reply::failed(Failure::refused),
                     Reply::json(200, {{"ok", true}})});
  CHECK(test.client.call(get("/version")).ok());
  const kube::ApiResult result = test.client.call(get("/version"));
  CHECK(result.ok());
  CHECK(result.attempts == 3);
  const auto& requests = test.transport.requests();
  CHECK(requests[2].at - requests[1].at >= 375ms);
  CHECK(requests[3].at - requests[2].at >= 750ms);
}

TEST_CASE("waiting for the server is told once, after three seconds") {
  ScriptedClient test;
  test.transport.on("GET", "/version", {Reply::json(200, Json::object())});
  CHECK(test.client.call(get("/version")).ok());
  test.transport.always("GET", "/version", Reply::failed(Failure::refused, "kube.example:6443 refuses connections"));
  const kube::ApiResult result = test.client.call(get("/version"));
  REQUIRE(result.error);
  CHECK(std::string(result.error->what()) == "cannot reach https://kube.example:6443");
  CHECK(test.clock.now() - Clock::time_point{} <= 30s);
  CHECK(test.client.take_notices() ==
        std::vector<std::string>{"waiting for https://kube.example:6443: it refuses connections"});
}

TEST_CASE("a server that refuses the first request is reported at once") {
  ScriptedClient test;
  test.transport.on("GET", "/version", {Reply::failed(Failure::refused, "kube.example:6443 refuses connections")});
  const kube::ApiResult result = test.client.call(get("/version"));
  CHECK(result.error->kind == ErrorKind::unreachable);
  CHECK(test.clock.now() == Clock::time_point{});
}

TEST_CASE("scenario 9: a webhook that is not ready yet is retried until it answers") {
  ScriptedClient test;
  const Reply down = Reply::status_error(500, "InternalError",
                                         "Internal error occurred: failed calling webhook \"check.example\": refused");
  test.transport.on("PATCH", "/api/v1/namespaces/a/configmaps/b",
                    {down, down, down, Reply::json(201, config_map("a", "b"))});
  const kube::ApiResult result =
      test.client.call(kube::apply_request(kind("v1", "ConfigMap"), config_map("a", "b"), {}));
  CHECK(result.status == 201);
  CHECK(result.attempts == 4);
  CHECK(test.clock.now() - Clock::time_point{} == 6s);
}

TEST_CASE("scenario 10: a race for quota is retried") {
  ScriptedClient test;
  test.transport.on(
      "PATCH", "/api/v1/namespaces/a/configmaps/b",
      {Reply::status_error(409, "Conflict", "Operation cannot be fulfilled on resourcequotas \"q\": modified"),
       Reply::json(200, config_map("a", "b"))});
  CHECK(test.client.call(kube::apply_request(kind("v1", "ConfigMap"), config_map("a", "b"), {})).attempts == 2);
}

TEST_CASE("a POST with an unknown outcome is never repeated") {
  ScriptedClient test;
  test.transport.on("POST", "/api/v1/namespaces/a/pods", {Reply::failed(Failure::reset, "connection reset")});
  CHECK(test.client.call(post("/api/v1/namespaces/a/pods")).error.has_value());
  CHECK_FALSE(test.transport.requests().front().request.idempotent);
}

TEST_CASE("Retry-After holds back every request to the server") {
  ScriptedClient test;
  test.transport.on("GET", "/busy",
                    {Reply::status_error(429, "TooManyRequests", "slow down").with_header("retry-after", "5"),
                     Reply::json(200, Json::object())});
  test.transport.on("GET", "/other", {Reply::json(200, Json::object())});
  int answers = 0;
  test.client.send(get("/busy"), [&](kube::ApiResult) { ++answers; });
  test.client.wait(test.clock.now() + 1s);
  test.client.send(get("/other"), [&](kube::ApiResult) { ++answers; });
  CHECK(test.transport.count("GET", "/other") == 0);
  test.run_for(6s);
  CHECK(answers == 2);
  CHECK(test.transport.requests().back().at - Clock::time_point{} >= 5s);
}

TEST_CASE("a list follows its pages and keeps their order") {
  ScriptedClient test;
  const auto page = [](const char* name, const char* token) {
    Json metadata = {{"resourceVersion", "9"}};
    if (*token != '\0') metadata["continue"] = token;
    return Reply::json(200, {{"kind", "PodList"},
                             {"apiVersion", "v1"},
                             {"metadata", metadata},
                             {"items", {{{"metadata", {{"name", name}}}}}}});
  };
  test.transport.on("GET", "/api/v1/namespaces/a/pods", {page("one", "t/1"), page("two", "t2"), page("three", "")});
  const kube::ApiResult result = test.client.call(kube::list_request(kind("v1", "Pod"), "a", "app=shop"));
  const std::vector<Json> items = kube::items_of(result.body);
  REQUIRE(items.size() == 3);
  CHECK(string_at(items[2], {"metadata", "name"}) == "three");
  CHECK(string_at(items[0], {"kind"}) == "Pod");
  CHECK(string_at(items[0], {"apiVersion"}) == "v1");
  CHECK(kube::resource_version_of(result.body) == "9");
  CHECK(test.transport.requests()[0].request.path == "/api/v1/namespaces/a/pods?limit=500&labelSelector=app%3Dshop");
  CHECK(test.transport.requests()[1].request.path ==
        "/api/v1/namespaces/a/pods?limit=500&labelSelector=app%3Dshop&continue=t%2F1");
}

TEST_CASE("a continue token that expired starts over without pages") {
  ScriptedClient test;
  const Json first = {
      {"kind", "PodList"}, {"metadata", {{"continue", "t"}}}, {"items", {{{"metadata", {{"name", "old"}}}}}}};
  const Json all = {
      {"kind", "PodList"}, {"metadata", {{"resourceVersion", "3"}}}, {"items", {{{"metadata", {{"name", "new"}}}}}}};
  test.transport.on("GET", "/api/v1/namespaces/a/pods",
                    {Reply::json(200, first), Reply::status_error(410, "Expired", "too old"), Reply::json(200, all)});
  const std::vector<Json> items =
      kube::items_of(test.client.call(kube::list_request(kind("v1", "Pod"), "a", "app=x")).body);
  REQUIRE(items.size() == 1);
  CHECK(string_at(items[0], {"metadata", "name"}) == "new");
  CHECK(test.transport.requests()[2].request.path == "/api/v1/namespaces/a/pods?labelSelector=app%3Dx");
}

TEST_CASE("pages of a real list come together") {
  ClusterClient test;
  test.cluster.put(namespace_object("a"));
  for (int i = 0; i < 1201; ++i) test.cluster.put(config_map("a", "c" + std::to_string(i)));
  const kube::ApiResult result = test.client.call(kube::list_request(kind("v1", "ConfigMap"), "a", "app=shop"));
  CHECK(kube::items_of(result.body).size() == 1201);
  CHECK(test.client.requests_sent() == 3);
}

TEST_CASE("a success that is no JSON is no Kubernetes") {
  ScriptedClient test;
  test.transport.on("GET", "/api", {{.status = 200, .headers = {{"content-type", "text/html"}}, .body = "<html>"}});
  const kube::ApiResult result = test.client.call(get("/api"));
  CHECK(std::string(result.error->what()) == "https://kube.example:6443 is not a Kubernetes API");
}

TEST_CASE("a Status that says Failure is one, whatever its HTTP code") {
  ScriptedClient test;
  Reply reply = Reply::status_error(409, "Conflict", "no");
  reply.status = 200;
  test.transport.on("POST", "/api/v1/x", {reply});
  CHECK_FALSE(test.client.call(post("/api/v1/x")).ok());
}

TEST_CASE("a text is taken as it is when no JSON was asked for") {
  ScriptedClient test;
  test.transport.on("GET", "/api/v1/namespaces/a/pods/p/log", {{.body = "line one\nline two\n"}});
  kube::ApiRequest request = get("/api/v1/namespaces/a/pods/p/log?tailLines=2");
  request.accept = "*/*";
  CHECK(test.client.call(request).body == "line one\nline two\n");
}

TEST_CASE("the server's clock comes with the answer") {
  ScriptedClient test;
  test.transport.on("GET", "/version",
                    {Reply::json(200, Json::object()).with_header("date", "Thu, 01 Jan 2026 00:00:05 GMT")});
  CHECK(format_rfc3339(*test.client.call(get("/version")).server_time) == "2026-01-01T00:00:05Z");
}

TEST_CASE("an interrupt leaves call() and the late answer reaches nobody") {
  ScriptedClient test;
  test.transport.on("GET", "/slow", {Reply::json(200, Json::object()).after(10s)});
  test.transport.signal_after(1s);
  CHECK_THROWS_AS(test.client.call(get("/slow")), Error);
  test.client.ignore_signals();
  test.run_for(20s);
  CHECK(test.transport.open_transfers().empty());
}

TEST_CASE("an answer that never comes ends at the request's timeout") {
  ScriptedClient test;
  test.transport.on("GET", "/slow", {Reply::json(200, Json::object()).after(300s)});
  const kube::ApiResult result = test.client.call(get("/slow"));
  CHECK(result.error->kind == ErrorKind::unreachable);
  CHECK(test.clock.now() - Clock::time_point{} == 60s);
}

}  // namespace kforge::tests
