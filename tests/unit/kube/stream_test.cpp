// SPDX-License-Identifier: Apache-2.0
// Bodies that are handed over as they come.
#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

using namespace kforge;
using namespace kforge::tests;
using namespace std::chrono_literals;

namespace {

struct Recording final : kube::StreamHandler {
  std::string bytes;
  std::optional<kube::StreamEnd> end;
  bool wants_more = true;
  bool on_bytes(std::string_view more) override {
    bytes += more;
    return wants_more;
  }
  void on_end(const kube::StreamEnd& ended) override { end = ended; }
};

kube::ApiRequest log_request() {
  kube::ApiRequest request = get("/api/v1/namespaces/backend/pods/a/log");
  request.accept = "*/*";
  return request;
}

}  // namespace

TEST_CASE("a stream hands over its bytes, then its end, on a connection of its own") {
  ScriptedClient rig;
  rig.transport.on("GET", "/api/v1/namespaces/backend/pods/a/log", {{.chunks = {{0ms, "one\n"}, {2s, "two\n"}}}});
  Recording log;
  rig.client.stream(log_request(), log);
  rig.run_for(1s);
  CHECK(log.bytes == "one\n");
  CHECK_FALSE(log.end);
  rig.run_for(2s);
  CHECK(log.bytes == "one\ntwo\n");
  REQUIRE(log.end);
  CHECK_FALSE(log.end->error);
  const http::Request& sent = rig.transport.requests().front().request;
  CHECK((sent.stream && sent.alone));
  CHECK(rig.transport.requests().front().header("accept") == "*/*");
}

TEST_CASE("a stream that breaks, and one that is refused, end with their errors") {
  ScriptedClient rig;
  rig.transport.on(
      "GET", "/api/v1/namespaces/backend/pods/a/log",
      {{.chunks = {{0ms, "one"}}, .end = StreamEnd::reset},
       Reply::status_error(403, "Forbidden",
                           "pods \"a\" is forbidden: User \"tester\" cannot get resource \"pods/log\" in API "
                           "group \"\" in the namespace \"backend\"")});
  Recording broken, refused;
  rig.client.stream(log_request(), broken);
  rig.client.stream(log_request(), refused);
  rig.run_for(1s);
  CHECK(broken.bytes == "one");
  CHECK(broken.end->error->kind == ErrorKind::unreachable);
  CHECK(refused.end->status == 403);
  CHECK(refused.end->error->kind == ErrorKind::forbidden);
}

TEST_CASE("a handler that wants no more gets the rest after resume") {
  ScriptedClient rig;
  rig.transport.on("GET", "/api/v1/namespaces/backend/pods/a/log", {{.chunks = {{0ms, "one"}, {1ms, "two"}}}});
  Recording log;
  log.wants_more = false;
  const kube::RequestId id = rig.client.stream(log_request(), log);
  rig.run_for(1s);
  CHECK(log.bytes == "one");
  log.wants_more = true;
  rig.client.resume(id);
  rig.run_for(1s);
  CHECK(log.bytes == "onetwo");
  CHECK(log.end);
}

TEST_CASE("a stream may be cancelled, also by its own handler") {
  ScriptedClient rig;
  rig.transport.always("GET", "/api/v1/namespaces/backend/pods/a/log",
                       {.chunks = {{0ms, "one"}, {1s, "two"}}, .end = StreamEnd::stay_open});
  struct Cancelling final : kube::StreamHandler {
    explicit Cancelling(kube::Client& own) : client(own) {}
    kube::Client& client;
    kube::RequestId id = 0;
    int calls = 0;
    bool on_bytes(std::string_view) override {
      ++calls;
      client.cancel(id);
      return true;
    }
    void on_end(const kube::StreamEnd&) override { ++calls; }
  } log{rig.client};
  log.id = rig.client.stream(log_request(), log);
  rig.run_for(5s);
  CHECK(log.calls == 1);
  CHECK(rig.transport.open_transfers().empty());
}
