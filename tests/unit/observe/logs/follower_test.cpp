// SPDX-License-Identifier: Apache-2.0
// Following the logs of pods that come, go, restart and get cut off.
#include "base/text.hpp"
#include "observe/logs/log_follower.hpp"
#include "tests/fakes/fake_logs.hpp"
#include "tests/fakes/fake_processes.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace kforge;
using namespace kforge::observe;
using namespace std::chrono_literals;
using tests::FakeLogs;

namespace {

using Lines = std::vector<std::string>;

struct Recorder final : LogSink {
  Lines lines, notes;  // "pod text"
  bool stuck = false;  // a terminal that takes nothing
  void on_line(const LogOrigin& origin, const LogLine& line) override {
    lines.push_back(fmt::format("{} {}", origin.pod, line.text));
  }
  void on_note(const LogOrigin& origin, std::string_view text) override {
    notes.push_back(fmt::format("{}: {}", origin.pod, text));
    lines.push_back(fmt::format("~{}: {}", origin.pod, text));
  }
  bool full() const override { return stuck; }
};

// A cluster with logs, and somebody who follows them.
struct Rig {
  tests::FakeClock clock;
  tests::FakeCluster cluster{clock};
  FakeLogs logs{cluster};
  tests::FakeProcesses processes;
  Environment environment;
  kube::Client client{cluster, clock, processes, cluster.access(), environment, false};
  Recorder sink;
  std::unique_ptr<LogFollower> follower;

  void follow(LogOptions options = {}, Containers containers = Containers::main) {
    LogRequest request;
    request.pods = {{"backend", "kforge.dev/project=shop", ""}};
    request.options = options;
    request.containers = containers;
    follower = std::make_unique<LogFollower>(client, clock, std::move(request), sink);
  }
  void run_for(Milliseconds length) {
    for (const Clock::time_point end = clock.now() + length; clock.now() < end;) {
      const Clock::time_point due = follower->pump();
      if (follower->done()) return;
      client.wait(sink.stuck ? end : std::min(due, end));
    }
    follower->pump();
  }
  // The lines so far without remarks; they are forgotten.
  Lines take() {
    Lines lines = std::exchange(sink.lines, {});
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("~"); });
    return lines;
  }
};

// A pod with log already, and a follower that has shown it.
struct Following : Rig {
  Following() {
    logs.start_pod("order-service", "a");
    logs.write("a", "one");
    follow();
    run_for(3s);
    CHECK(take() == Lines{"a one"});
  }
};

}  // namespace

TEST_CASE("following shows the last lines of each pod in order, then what comes") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  rig.logs.start_pod("product-service", "b");
  for (int i = 0; i < 20; ++i) {
    rig.logs.write(i % 2 == 0 ? "a" : "b", std::to_string(i));
    rig.clock.advance(10ms);
  }
  rig.follow({.tail = 3});
  rig.run_for(3s);
  CHECK(rig.take() == Lines{"a 14", "b 15", "a 16", "b 17", "a 18", "b 19"});
  rig.logs.write("b", "live");
  rig.run_for(50ms);
  CHECK(rig.take().empty());  // an older line may still come from the other
  rig.run_for(100ms);
  CHECK(rig.take() == Lines{"b live"});
}

TEST_CASE("without following it ends when every log is read, whole and in order") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  rig.logs.start_pod("order-service", "b");
  for (int i = 0; i < 100; ++i) {
    rig.logs.write(i % 3 == 0 ? "a" : "b", std::to_string(i));
    rig.clock.advance(7ms);
  }
  rig.follow({.follow = Follow::no, .tail = {}});
  rig.run_for(1min);
  CHECK(rig.follower->done());
  const Lines lines = rig.take();
  REQUIRE(lines.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(lines[static_cast<std::size_t>(i)].substr(2) == std::to_string(i));
}

TEST_CASE("a connection that breaks loses no line and repeats none") {
  Following rig;
  for (int i = 0; i < 30; ++i) {
    rig.logs.write("a", std::to_string(i));
    if (i % 7 == 3) rig.logs.cut(i % 2 == 0 ? http::Failure::reset : http::Failure::timeout);
    rig.run_for(300ms);
  }
  rig.run_for(5s);
  Lines expected;
  for (int i = 0; i < 30; ++i) expected.push_back("a " + std::to_string(i));
  CHECK(rig.take() == expected);
  CHECK(rig.sink.notes.empty());
}

TEST_CASE("a load balancer that ends a stream without a sign of it is seen through") {
  Following rig;
  rig.logs.write("a", "two");
  rig.run_for(200ms);
  rig.logs.cut(http::Failure::none);
  rig.logs.write("a", "three");
  rig.run_for(3s);
  CHECK(rig.take() == Lines{"a two", "a three"});
  CHECK(rig.logs.open_streams() == 1);
}

TEST_CASE("every connection that is cut after a few more bytes still gives every line once") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  Lines expected;
  for (int i = 0; i < 400; ++i) {
    rig.logs.write("a", std::to_string(i));
    expected.push_back("a " + std::to_string(i));
    rig.clock.advance(50ms);
  }
  for (const std::size_t bytes : {1100, 1500, 4000}) {
    rig.logs.cut_after(bytes);
    rig.follow({.tail = {}});
    rig.run_for(10min);
    CHECK(rig.take() == expected);
  }
}

TEST_CASE("a container that crashes is followed into its next run, with its last lines and how it ended") {
  Following rig;
  rig.logs.write("a", "dying");
  rig.logs.end_run("a", 300ms);
  rig.run_for(500ms);
  rig.logs.start_run("a");
  rig.logs.write("a", "born");
  rig.run_for(3s);
  rig.logs.write("a", "alive");
  rig.run_for(1s);
  CHECK(rig.sink.lines == Lines{"a dying", "~a: restarted (exit code 1)", "a born", "a alive"});
}

TEST_CASE("the log of a run that is over is read again when it was cut without a sign of it") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  for (int i = 0; i < 20; ++i) {
    rig.logs.write("a", std::to_string(i));
    rig.clock.advance(200ms);
  }
  rig.logs.end_run("a");
  rig.cluster.wait(rig.clock.now() + 1s);
  rig.logs.cut_after(500, http::Failure::none);
  rig.follow({.tail = {}});
  rig.run_for(30s);
  Lines expected;
  for (int i = 0; i < 20; ++i) expected.push_back("a " + std::to_string(i));
  CHECK(rig.take() == expected);
}

TEST_CASE("last lines of a run that could not be read are pulled in from the previous container") {
  Following rig;
  rig.logs.refuse(std::vector(3, tests::Reply::failed(http::Failure::refused)));
  rig.logs.cut();
  rig.logs.write("a", "last words");
  rig.logs.end_run("a");
  rig.logs.start_run("a", 200ms);
  rig.logs.write("a", "new run");
  rig.run_for(5s);
  CHECK(rig.sink.lines == Lines{"a last words", "~a: restarted (exit code 1)", "a new run"});
  CHECK(std::ranges::any_of(rig.logs.requests, [](const auto& query) { return contains(query, "previous=true"); }));
}

TEST_CASE("a restart that the pod tells about late costs no line, and none comes twice") {
  for (const Milliseconds late : {500ms, 1500ms, 4000ms, 9000ms}) {
    Following rig;
    rig.logs.write("a", "two");
    rig.run_for(2s);
    rig.logs.cut();  // the connection breaks, and the container with it
    rig.logs.write("a", "last words");
    rig.logs.end_run("a", late);
    rig.clock.advance(1s);
    rig.logs.start_run("a", late + 100ms);
    rig.logs.write("a", "new 1");
    rig.run_for(15s);
    rig.logs.write("a", "new 2");
    rig.run_for(1s);
    Lines lines = rig.take();
    std::ranges::sort(lines);
    INFO("late by " << late.count() << " ms");
    CHECK(lines == Lines{"a last words", "a new 1", "a new 2", "a two"});
  }
}

TEST_CASE("runs that cannot be read any more are told") {
  Following rig;
  rig.logs.end_run("a");
  for (int run = 0; run < 3; ++run) {
    rig.logs.start_run("a");
    rig.logs.write("a", "run " + std::to_string(run));
  }
  rig.run_for(5s);
  CHECK(rig.sink.lines ==
        Lines{"~a: 1 run in between cannot be read any more", "a run 1", "~a: restarted (exit code 1)", "a run 2"});
}

TEST_CASE("a new pod joins from its first line, and one that goes is told") {
  Following rig;
  rig.logs.start_pod("order-service", "b");
  rig.logs.write("b", "first");
  rig.run_for(2s);
  rig.logs.write("a", "bye");
  rig.logs.remove_pod("a");
  rig.run_for(5s);
  CHECK(rig.sink.lines == Lines{"~b: a new pod", "b first", "a bye", "~a: the pod is gone"});
}

TEST_CASE("rotation goes unnoticed while the connection holds, and is marked as a gap when it does not") {
  Following rig;
  rig.logs.rotate("a");
  rig.logs.write("a", "two");
  rig.run_for(1s);
  CHECK(rig.sink.lines == Lines{"a two"});
  rig.logs.cut();
  rig.logs.write("a", "lost");
  rig.logs.rotate("a");
  rig.clock.advance(2s);
  rig.logs.write("a", "three");
  rig.run_for(1s);
  CHECK(rig.sink.lines ==
        Lines{"a two", "~a: lines may be missing here: the log was rotated while the connection was down", "a three"});
}

TEST_CASE("a stream that has been silent for five minutes is asked anew") {
  Following rig;
  rig.run_for(4min);
  CHECK(rig.logs.requests.size() == 1);
  rig.run_for(90s);
  CHECK(rig.logs.requests.size() == 2);
  rig.logs.write("a", "still there");
  rig.run_for(1s);
  CHECK(rig.take() == Lines{"a still there"});
}

TEST_CASE("an outage is told once, and following goes on after it") {
  Following rig;
  rig.logs.refuse(std::vector(8, tests::Reply::failed(http::Failure::refused, "connection refused")));
  rig.logs.cut();
  rig.logs.write("a", "two");
  rig.run_for(1min);
  CHECK(rig.take() == Lines{"a two"});
  REQUIRE(rig.sink.notes.size() == 1);
  CHECK(contains(rig.sink.notes[0], "the connection is lost, trying again"));
}

TEST_CASE("a terminal that takes nothing stops the streams before memory fills") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  rig.logs.start_pod("order-service", "b");
  rig.follow();
  rig.run_for(2s);
  rig.sink.stuck = true;
  for (int i = 0; i < 5000; ++i) {
    for (const char* pod : {"a", "b"}) rig.logs.write(pod, std::string(1000, 'x') + std::to_string(i));
    if (i % 100 == 0) rig.run_for(10ms);
  }
  std::size_t requests = rig.logs.requests.size();
  rig.sink.stuck = false;
  rig.run_for(10s);
  CHECK(rig.take().size() == 10'000);
  CHECK(rig.logs.requests.size() == requests);
}

TEST_CASE("more pods than connections all have their turn") {
  Rig rig;
  const int pods = 300;
  for (int i = 0; i < pods; ++i) rig.logs.start_pod("order-service", fmt::format("pod-{:03}", i));
  rig.follow();
  rig.run_for(3s);
  CHECK(rig.logs.open_streams() <= 256);
  for (int i = 0; i < pods; ++i) rig.logs.write(fmt::format("pod-{:03}", i), "hello");
  rig.run_for(1min);
  Lines lines = rig.take();
  std::ranges::sort(lines);
  CHECK(lines.size() == pods);
  CHECK(std::unique(lines.begin(), lines.end()) == lines.end());
}

TEST_CASE("three hundred logs are read to their end in order") {
  Rig rig;
  for (int i = 0; i < 300; ++i) rig.logs.start_pod("order-service", fmt::format("pod-{:03}", i));
  Lines expected;
  for (int i = 0; i < 900; ++i) {
    const std::string pod = fmt::format("pod-{:03}", (i * 7) % 300);
    rig.logs.write(pod, std::to_string(i));
    expected.push_back(pod + " " + std::to_string(i));
    rig.clock.advance(1ms);
  }
  rig.follow({.follow = Follow::no});
  rig.run_for(1min);
  CHECK(rig.follower->done());
  CHECK(rig.take() == expected);
}

TEST_CASE("a missing right ends it with the error that names it") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  rig.logs.refuse(
      {tests::Reply::status_error(403, "Forbidden",
                                  "pods \"a\" is forbidden: User \"tester\" cannot get resource \"pods/log\" "
                                  "in API group \"\" in the namespace \"backend\"")});
  rig.follow();
  try {
    rig.run_for(5s);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::forbidden);
    CHECK(contains(std::string(error.what()) + error.cause + error.advice, "pods/log"));
  }
}

TEST_CASE("credentials that have expired are renewed for a stream") {
  Following rig;
  rig.logs.refuse({tests::Reply::status_error(401, "Unauthorized", "Unauthorized")});
  rig.logs.cut();
  // Nothing can be renewed here: the error says so.
  CHECK_THROWS_AS(rig.run_for(5s), Error);
}

TEST_CASE("a container that has not started says why, and is read once it has") {
  Rig rig;
  rig.logs.put(
      {{"apiVersion", "v1"},
       {"kind", "Pod"},
       {"metadata", {{"name", "a"}, {"namespace", "backend"}, {"labels", {{"kforge.dev/project", "shop"}}}}},
       {"spec", {{"containers", {{{"name", "app"}}}}}},
       {"status",
        {{"phase", "Pending"},
         {"containerStatuses",
          {{{"name", "app"}, {"restartCount", 0}, {"state", {{"waiting", {{"reason", "ImagePullBackOff"}}}}}}}}}}});
  rig.follow();
  rig.run_for(3s);
  CHECK(rig.sink.lines == Lines{"~a: has not started: ImagePullBackOff"});
  CHECK(rig.logs.requests.empty());
  rig.cluster.edit("Pod", "backend", "a", [](Json& pod) {
    pod["status"]["containerStatuses"][0]["state"] = {{"running", Json::object()}};
  });
  for (int i = 0; i < 30; ++i) rig.logs.write("a", std::to_string(i));
  rig.run_for(3s);
  CHECK(rig.take().size() == 31 - 1);  // from the beginning, not only the last lines
}

TEST_CASE("all containers means those that run before the main one too") {
  Rig rig;
  rig.logs.put(
      {{"apiVersion", "v1"},
       {"kind", "Pod"},
       {"metadata", {{"name", "a"}, {"namespace", "backend"}, {"labels", {{"kforge.dev/project", "shop"}}}}},
       {"spec",
        {{"initContainers", {{{"name", "setup"}}}}, {"containers", {{{"name", "app"}}, {{"name", "sidecar"}}}}}},
       {"status",
        {{"phase", "Running"},
         {"initContainerStatuses",
          {{{"name", "setup"}, {"restartCount", 0}, {"state", {{"terminated", {{"exitCode", 0}}}}}}}},
         {"containerStatuses",
          {{{"name", "app"}, {"restartCount", 0}, {"state", {{"running", Json::object()}}}},
           {{"name", "sidecar"}, {"restartCount", 0}, {"state", {{"running", Json::object()}}}}}}}}});
  for (const char* container : {"setup", "app", "sidecar"}) {
    rig.logs.write("a", container, container);
    rig.clock.advance(1ms);
  }
  rig.follow({.follow = Follow::no}, Containers::all);
  rig.run_for(5s);
  CHECK(rig.take() == Lines{"a setup", "a app", "a sidecar"});
  rig.follow({.follow = Follow::no});
  rig.run_for(5s);
  CHECK(rig.take() == Lines{"a app"});
}

TEST_CASE("what a runtime has removed is told, not shown as a line") {
  Rig rig;
  rig.logs.start_pod("order-service", "a");
  rig.logs.write_raw("a", "unable to retrieve container logs for containerd://12ab");
  rig.follow({.follow = Follow::no});
  rig.run_for(5s);
  CHECK(rig.sink.lines == Lines{"~a: unable to retrieve container logs for containerd://12ab"});
}

TEST_CASE("nothing is kept of pods that have gone") {
  Rig rig;
  rig.follow();
  rig.run_for(1s);
  for (int i = 0; i < 50; ++i) {
    const std::string pod = "pod-" + std::to_string(i);
    rig.logs.start_pod("order-service", pod);
    rig.logs.write(pod, "x");
    rig.run_for(2s);
    rig.logs.remove_pod(pod);
    rig.run_for(2s);
  }
  CHECK(rig.take().size() == 50);
  CHECK(rig.follower->logs_kept() == 0);
}
