// SPDX-License-Identifier: Apache-2.0
// Watches as client-go's reflector and retry watcher behave (TestRetryWatcher), and where those are weak.
#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using http::Failure;
using Lines = std::vector<std::string>;

const std::string pods = "/api/v1/namespaces/a/pods";
const std::string listing = pods + "?limit=500*";
const std::string watching = pods + "?watch=1*";

Json pod(const std::string& name, const std::string& version) {
  return {{"metadata", {{"name", name}, {"namespace", "a"}, {"resourceVersion", version}}}};
}

Reply list_of(const std::vector<Json>& items, const std::string& version) {
  return Reply::json(
      200, {{"kind", "PodList"}, {"apiVersion", "v1"}, {"metadata", {{"resourceVersion", version}}}, {"items", items}});
}

std::string event(const std::string& type, const Json& object) {
  return Json{{"type", type}, {"object", object}}.dump() + "\n";
}

std::string error_event(int code, const Json& details = nullptr) {
  return event("ERROR", Json::parse(Reply::status_error(code, "Expired", "too old", details).body));
}

Reply stream(const std::vector<Chunk>& chunks, StreamEnd end = StreamEnd::stay_open) {
  return {.status = 200, .chunks = chunks, .end = end};
}

// A watch on pods of namespace a, with what the server says scripted.
struct PodWatch : ScriptedClient {
  RecordingWatch watch;
  kube::RequestId id = 0;

  void begin() {
    id = client.watch({.kind = &kind("v1", "Pod"), .name_space = "a", .label_selector = "app=shop"}, watch);
  }
  std::string path(std::size_t request) const { return transport.requests().at(request).request.path; }
  Milliseconds at(std::size_t request) const {
    return std::chrono::duration_cast<Milliseconds>(transport.requests().at(request).at - Clock::time_point{});
  }
};

}  // namespace

TEST_CASE("a watch lists, then follows events from the list's version") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({pod("one", "5")}, "7")});
  test.transport.on("GET", watching,
                    {stream({{1s, event("ADDED", pod("two", "8"))},
                             {2s, event("MODIFIED", pod("one", "9")) + event("DELETED", pod("two", "10"))}})});
  test.begin();
  test.run_for(10s);
  CHECK(test.watch.lines == Lines{"list one", "added two", "modified one", "deleted two"});
  CHECK(test.path(0) == pods + "?limit=500&labelSelector=app%3Dshop");
  CHECK(test.path(1).starts_with(pods + "?watch=1&allowWatchBookmarks=true&labelSelector=app%3Dshop&timeoutSeconds=2"));
  CHECK(test.path(1).ends_with("&resourceVersion=7"));
  CHECK(test.transport.requests()[1].request.stream);
  CHECK(test.transport.requests()[1].request.timeout == 0ms);
}

TEST_CASE("objects of a watch's list have kind and apiVersion") {
  ClusterClient test;
  test.cluster.put(namespace_object("a"));
  test.cluster.put(config_map("a", "settings"));
  struct Kinds final : kube::WatchHandler {
    std::string seen;
    void on_list(std::vector<Json> objects) override { seen = string_at(objects.at(0), {"kind"}); }
    void on_event(kube::WatchEvent, Json) override {}
    void on_failed(const Error&) override {}
  } kinds;
  test.client.watch({.kind = &kind("v1", "ConfigMap"), .name_space = "a", .label_selector = "app=shop"}, kinds);
  test.run_for(1s);
  CHECK(kinds.seen == "ConfigMap");
}

TEST_CASE("events may be cut anywhere") {
  PodWatch test;
  const std::string bytes = event("ADDED", pod("two", "8")) + event("ADDED", pod("three", "9"));
  std::vector<Chunk> chunks;
  for (std::size_t i = 0; i < bytes.size(); i += 7)
    chunks.push_back({Milliseconds(static_cast<int>(i) + 1), bytes.substr(i, 7)});
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream(chunks)});
  test.begin();
  test.run_for(5s);
  CHECK(test.watch.lines == Lines{"list", "added two", "added three"});
}

TEST_CASE("an event of five MiB is one event") {
  PodWatch test;
  Json large = pod("large", "8");
  large["data"] = std::string(std::size_t{5} << 20, 'x');
  test.transport.on("GET", listing, {list_of({}, "7")});
  const std::string bytes = event("ADDED", large);
  std::vector<Chunk> chunks;
  for (std::size_t i = 0; i < bytes.size(); i += 1 << 20)
    chunks.push_back({Milliseconds(static_cast<int>(i >> 20U)), bytes.substr(i, 1 << 20)});
  test.transport.on("GET", watching, {stream(chunks)});
  test.begin();
  test.run_for(5s);
  CHECK(test.watch.lines == Lines{"list", "added large"});
}

TEST_CASE("a bookmark moves the version on and is not shown") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{2s, event("BOOKMARK", pod("", "42"))}}, StreamEnd::close), stream({})});
  test.begin();
  test.run_for(10s);
  CHECK(test.watch.lines == Lines{"list"});
  CHECK(test.path(2).ends_with("&resourceVersion=42"));
}

TEST_CASE("the regular end of a stream is followed at once from the last version") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{5s, event("ADDED", pod("two", "8"))}}, StreamEnd::close), stream({})});
  test.begin();
  test.run_for(10s);
  CHECK(test.at(2) == 5s);
  CHECK(test.path(2).ends_with("&resourceVersion=8"));
  CHECK(test.watch.lines == Lines{"list", "added two"});
}

TEST_CASE("a connection that breaks after it worked is opened again at once") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{5s, ""}}, StreamEnd::reset), stream({})});
  test.begin();
  test.run_for(10s);
  CHECK(test.at(2) == 5s);
}

TEST_CASE("streams that end at once and empty are given growing pauses") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({}, StreamEnd::close), stream({}, StreamEnd::close), stream({})});
  test.begin();
  test.run_for(20s);
  CHECK(test.at(2) - test.at(1) >= 800ms);
  CHECK(test.at(3) - test.at(2) >= 1600ms);
  CHECK(test.at(3) <= 5s);
}

TEST_CASE("a refused connection keeps the version and does not list again") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {Reply::failed(Failure::refused), Reply::failed(Failure::reset), stream({})});
  test.begin();
  test.run_for(20s);
  CHECK(test.transport.count("GET", listing) == 1);
  CHECK(test.path(3).ends_with("&resourceVersion=7"));
}

TEST_CASE("scenario 86: 410 in the stream lists again and loses nothing") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({pod("one", "5")}, "7"), list_of({pod("two", "20")}, "21")});
  test.transport.on("GET", watching,
                    {stream({{5s, error_event(410)}}), stream({{1s, event("ADDED", pod("three", "22"))}})});
  test.begin();
  test.run_for(20s);
  CHECK(test.watch.lines == Lines{"list one", "list two", "added three"});
  CHECK(test.at(2) == 5s);
  CHECK(test.path(3).ends_with("&resourceVersion=21"));
}

TEST_CASE("410 as the HTTP status lists again too") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({pod("one", "5")}, "7"), list_of({pod("two", "20")}, "21")});
  test.transport.on("GET", watching,
                    {stream({{5s, ""}}, StreamEnd::close), Reply::status_error(410, "Expired", "too old"), stream({})});
  test.begin();
  test.run_for(20s);
  CHECK(test.watch.lines == Lines{"list one", "list two"});
}

TEST_CASE("a server that always says 410 is not asked in a hurry") {
  PodWatch test;
  test.transport.always("GET", listing, list_of({}, "7"));
  test.transport.always("GET", watching, stream({{0ms, error_event(410)}}));
  test.begin();
  test.run_for(10s);
  CHECK(test.transport.count("GET", listing) <= 6);
}

TEST_CASE("429 in the stream waits as long as the server says") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{5s, error_event(429, {{"retryAfterSeconds", 9}})}}), stream({})});
  test.begin();
  test.run_for(20s);
  CHECK(test.at(2) == 14s);
}

TEST_CASE("500 and 504 in the stream continue from the same version") {
  for (const int code : {500, 504}) {
    PodWatch test;
    test.transport.on("GET", listing, {list_of({}, "7")});
    test.transport.on("GET", watching, {stream({{5s, error_event(code)}}), stream({})});
    test.begin();
    test.run_for(20s);
    CHECK(test.path(2).ends_with("&resourceVersion=7"));
  }
}

TEST_CASE("401 and 403 in the stream end the watch with a message") {
  for (const int code : {401, 403}) {
    PodWatch test;
    test.transport.on("GET", listing, {list_of({}, "7")});
    test.transport.on("GET", watching, {stream({{5s, error_event(code)}})});
    test.begin();
    test.run_for(20s);
    REQUIRE(test.watch.lines.size() == 2);
    CHECK(test.watch.lines[1].starts_with("failed: "));
    CHECK(test.transport.open_transfers().empty());
  }
}

TEST_CASE("an account that may list but not watch polls every two seconds") {
  PodWatch test;
  test.transport.always("GET", listing, list_of({pod("one", "5")}, "7"));
  test.transport.on(
      "GET", watching,
      {Reply::status_error(403, "Forbidden", "pods is forbidden: User \"ci\" cannot watch resource \"pods\"")});
  test.begin();
  test.run_for(7s);
  CHECK(test.watch.lines == Lines{"list one", "list one", "list one", "list one", "list one"});
  CHECK(test.at(3) - test.at(2) == 2s);
}

TEST_CASE("an account that may not list gets an error that names the right") {
  PodWatch test;
  test.transport.on(
      "GET", listing,
      {Reply::status_error(403, "Forbidden",
                           "pods is forbidden: User \"ci\" cannot list resource \"pods\" in API group \"\" in the "
                           "namespace \"a\"")});
  test.begin();
  test.run_for(5s);
  CHECK(test.watch.lines == Lines{"failed: not allowed to list pods in namespace 'a'"});
}

TEST_CASE("a kind that is no longer served ends the watch") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching,
                    {stream({{5s, ""}}, StreamEnd::close), Reply::status_error(404, "NotFound", "no such resource")});
  test.begin();
  test.run_for(20s);
  CHECK(test.watch.lines == Lines{"list", "failed: cannot watch pods in namespace 'a'"});
}

TEST_CASE("a token that expired during a watch is renewed once") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching,
                    {stream({{5s, ""}}, StreamEnd::close), Reply::status_error(401, "Unauthorized", "Unauthorized")});
  test.begin();
  test.run_for(20s);
  CHECK(test.watch.lines == Lines{"list",
                                  "failed: https://kube.example:6443 does not accept the credentials (context 'prod', "
                                  "user 'deployer', token)"});
}

TEST_CASE("a stream that stays silent for two and a half minutes is opened anew") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{60s, event("BOOKMARK", pod("", "9"))}}), stream({})});
  test.begin();
  test.run_for(215s);
  CHECK(test.transport.requests().size() == 3);
  CHECK(test.at(2) == 210s);
  CHECK(test.path(2).ends_with("&resourceVersion=9"));
  CHECK(test.transport.open_transfers().size() == 1);
}

TEST_CASE("half a JSON line at the end is dropped and comes again with the reconnect") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on(
      "GET", watching,
      {stream({{5s, "{\"type\":\"ADDED\",\"obj"}}, StreamEnd::reset), stream({{1s, event("ADDED", pod("two", "8"))}})});
  test.begin();
  test.run_for(20s);
  CHECK(test.watch.lines == Lines{"list", "added two"});
  CHECK(test.path(2).ends_with("&resourceVersion=7"));
}

TEST_CASE("a line that is no event makes the watch reconnect, an unknown type makes it list again") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7"), list_of({}, "9")});
  test.transport.on("GET", watching,
                    {stream({{5s, "not json\n"}}), stream({{5s, event("SOMETHING", pod("x", "8"))}}), stream({})});
  test.begin();
  test.run_for(30s);
  CHECK(test.watch.lines == Lines{"list", "list"});
}

TEST_CASE("a cancelled watch is silent, also when its handler cancels it") {
  PodWatch test;
  test.transport.on("GET", listing, {list_of({}, "7")});
  test.transport.on("GET", watching, {stream({{1s, event("ADDED", pod("a", "8")) + event("ADDED", pod("b", "9"))}})});
  test.watch.after_each = [&] {
    if (test.watch.lines.size() == 2) test.client.cancel(test.id);
  };
  test.begin();
  test.run_for(5s);
  CHECK(test.watch.lines == Lines{"list", "added a"});
  CHECK(test.transport.open_transfers().empty());
}

TEST_CASE("a relist that fails is tried again for as long as it takes") {
  PodWatch test;
  test.transport.respond([&](const Received&) -> std::optional<Reply> {
    const auto now = test.clock.now() - Clock::time_point{};
    if (now > 1s && now < 120s) return Reply::failed(Failure::refused, "refused");
    return std::nullopt;
  });
  test.transport.on("GET", listing, {list_of({}, "7"), list_of({pod("back", "9")}, "10")});
  test.transport.on("GET", watching, {stream({{5s, error_event(410)}}), stream({})});
  test.begin();
  test.run_for(200s);
  CHECK(test.watch.lines == Lines{"list", "list back"});
}

TEST_CASE("watches of a cluster see what changes, through compaction and reconnects") {
  ClusterClient test;
  RecordingWatch watch;
  test.cluster.put(namespace_object("a"));
  test.cluster.put(config_map("a", "one"));
  test.client.watch({.kind = &kind("v1", "ConfigMap"), .name_space = "a", .label_selector = "app=shop"}, watch);
  test.run_for(1s);
  test.cluster.put(config_map("a", "two"));
  test.run_for(1s);
  test.cluster.end_watches();
  test.run_for(1s);
  test.cluster.end_watches(Failure::reset);
  test.cluster.remove("ConfigMap", "a", "one");
  test.cluster.compact();
  test.run_for(5s);
  test.cluster.edit("ConfigMap", "a", "two", [](Json& object) { object["metadata"]["labels"].erase("app"); });
  test.run_for(1s);
  CHECK(watch.lines == Lines{"list one", "added two", "list two", "deleted two"});
}

}  // namespace kforge::tests
