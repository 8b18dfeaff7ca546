// SPDX-License-Identifier: Apache-2.0
// The pure pieces of following logs: times, lines, the point to go on from, the order, what is shown.
#include "base/error.hpp"
#include "observe/logs/line_queue.hpp"
#include "observe/logs/log_fields.hpp"
#include "observe/logs/log_filter.hpp"
#include "observe/logs/merge_window.hpp"
#include "observe/logs/stamp.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace kforge;
using namespace kforge::observe;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::string stamped(int millisecond, const std::string& text) {
  return fmt::format("2026-01-02T03:04:{:02}.{:03}000000Z {}\n", 5 + millisecond / 1000, millisecond % 1000, text);
}

std::vector<std::string> taken(LineQueue& queue) {
  std::vector<std::string> lines;
  for (; !queue.empty(); queue.pop()) {
    const LogLine line = queue.front();
    lines.push_back((line.kind == LogLine::Kind::note    ? "~"
                     : line.kind == LogLine::Kind::piece ? "+"
                                                         : "") +
                    std::string(line.text));
  }
  return lines;
}

using Lines = std::vector<std::string>;

// A queue with its resume point, fed as by one stream.
struct Fed {
  LineQueue queue;
  ResumePoint resume;
  void feed(std::string_view bytes) { queue.take(bytes, resume, {}); }
  void reconnect() {
    queue.drop_partial();
    resume.reconnected(ResumePoint::Log::same);
  }
};

struct Recorder final : LogSink {
  Lines lines;
  std::size_t most = SIZE_MAX;
  void on_line(const LogOrigin& origin, const LogLine& line) override {
    lines.push_back(fmt::format("{} {}", origin.number, line.text));
  }
  void on_note(const LogOrigin& origin, std::string_view text) override {
    lines.push_back(fmt::format("{} ~{}", origin.number, text));
  }
  bool full() const override { return lines.size() >= most; }
};

// Inputs of a merge that are all open and read up to now.
struct Merge {
  std::vector<MergeInput> inputs;
  std::vector<MergeInput*> pointers;
  std::vector<ResumePoint> resumes;
  Recorder sink;
  MergeWindow window;
  Clock::time_point now{};

  explicit Merge(std::size_t count, Order order = Order::window) : inputs(count), resumes(count), window(order) {
    for (std::size_t i = 0; i < count; ++i) {
      inputs[i].origin.number = i;
      inputs[i].opened(now);
      pointers.push_back(&inputs[i]);
    }
  }
  void feed(std::size_t input, int millisecond, const std::string& text) {
    inputs[input].arrived(now);
    inputs[input].queue.take(stamped(millisecond, text), resumes[input], now);
  }
  Clock::time_point pump() { return window.pump(pointers, now, sink); }
};

}  // namespace

TEST_CASE("the time of a line is read with any zone and any number of digits") {
  StampReader reader;
  const std::int64_t base = reader.read("2026-01-02T03:04:05Z x")->ns;
  CHECK(base == 1'767'323'045 * second);
  CHECK(reader.read("2026-01-02T03:04:05.5Z x")->ns == base + second / 2);
  CHECK(reader.read("2026-01-02T03:04:05.000000001Z x")->ns == base + 1);
  CHECK(reader.read("2026-01-02T05:04:06+02:00 x")->ns == base + second);
  CHECK(reader.read("2026-01-02T03:04:07Z x")->ns == base + 2 * second);
  CHECK(reader.read("2026-01-02T03:05:05Z x")->ns == base + 60 * second);
  CHECK(reader.read("2026-01-02T03:04:05.123Z")->length == 24);  // an empty line
  for (const char* none : {"", "hello", "2026-01-02T03:04:05", "2026-01-02T03:04:05Zx", "2026-13-02T03:04:05Z x",
                           "2026-01-02T03:04:0xZ x", "2026-01-02 03:04:05,123 INFO a line of log4j"})
    CHECK_FALSE(reader.read(none));
}

TEST_CASE("lines arrive whole however the bytes are cut") {
  std::string bytes = stamped(1, "one") + stamped(2, "") + stamped(3, "three") + "no time\n" + stamped(4, "four\r");
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    Fed fed;
    for (std::size_t at = 0; at < bytes.size(); at += piece) fed.feed(std::string_view(bytes).substr(at, piece));
    REQUIRE(taken(fed.queue) == Lines{"one", "", "three", "no time", "four\r"});
  }
}

TEST_CASE("a last line without a line feed counts when the log is over, and not when the connection broke") {
  Fed fed;
  fed.feed(stamped(1, "one") + "2026-01-02T03:04:05.002000000Z tw");
  CHECK(taken(fed.queue) == Lines{"one"});
  fed.reconnect();
  fed.feed(stamped(1, "one") + "2026-01-02T03:04:05.002000000Z two");
  fed.queue.finish(fed.resume, {});
  CHECK(taken(fed.queue) == Lines{"two"});
}

TEST_CASE("a line of one megabyte stays one, a longer one than four comes in pieces that add up") {
  Fed fed;
  fed.feed(stamped(1, std::string(1 << 20, 'x')));
  CHECK(taken(fed.queue).at(0).size() == 1 << 20);
  const std::string text(longest_log_line * 2 + 77, 'y');
  const std::string bytes = stamped(2, text);
  for (int round = 0; round < 2; ++round) {  // the second time nothing of it is new
    for (std::size_t at = 0; at < bytes.size(); at += 100'000) fed.feed(std::string_view(bytes).substr(at, 100'000));
    const Lines lines = taken(fed.queue);
    REQUIRE(lines.size() == (round == 0 ? 3 : 0));
    if (round == 0) {
      CHECK(lines[0].substr(1) + lines[1].substr(1) + lines[2] == text);
      CHECK((lines[0][0] == '+' && lines[1][0] == '+'));
    }
    fed.reconnect();
  }
  CHECK(fed.queue.bytes() < 1000);
}

TEST_CASE("after a reconnect only what is new counts, also of lines that are equal") {
  Fed fed;
  const std::string second_5 = stamped(10, "same") + stamped(10, "same") + stamped(20, "b");
  fed.feed(stamped(-0, "old") + second_5);
  CHECK(taken(fed.queue) == Lines{"old", "same", "same", "b"});
  CHECK(fed.resume.since() == "2026-01-02T03:04:05Z");
  fed.reconnect();
  fed.feed(stamped(0, "old") + second_5 + stamped(10, "same") + stamped(30, "c"));
  CHECK(taken(fed.queue) == Lines{"same", "c"});
}

TEST_CASE("lines that stdout and stderr brought out of order are neither lost nor repeated") {
  Fed fed;
  fed.feed(stamped(1000, "a") + stamped(2005, "b") + stamped(1990, "late"));
  fed.reconnect();
  CHECK(fed.resume.since() == "2026-01-02T03:04:07Z");
  fed.feed(stamped(2005, "b") + stamped(1995, "later") + stamped(2010, "c"));
  CHECK(taken(fed.queue) == Lines{"a", "b", "late", "later", "c"});
}

TEST_CASE("a gap is marked when the place to go on from has been rotated away") {
  Fed fed;
  fed.feed(stamped(1, "a") + stamped(2, "b"));
  taken(fed.queue);
  fed.reconnect();
  fed.feed(stamped(2, "b") + stamped(3, "c"));
  CHECK(taken(fed.queue) == Lines{"c"});
  fed.reconnect();
  fed.feed(stamped(500, "z"));
  CHECK(taken(fed.queue) ==
        Lines{"~lines may be missing here: the log was rotated while the connection was down", "z"});
}

TEST_CASE("a rotated log that still holds part of the second is read on without repeats") {
  Fed fed;
  fed.feed(stamped(1, "a") + stamped(2, "b") + stamped(3, "c"));
  taken(fed.queue);
  fed.reconnect();
  fed.feed(stamped(3, "c") + stamped(4, "d"));
  CHECK(taken(fed.queue) == Lines{"d"});
}

TEST_CASE("more lines in a second than are remembered are skipped by their number") {
  Fed fed;
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += stamped(7, std::to_string(i));
  fed.feed(bytes);
  CHECK(taken(fed.queue).size() == 100'000);
  fed.reconnect();
  fed.feed(bytes + stamped(8, "new"));
  CHECK(taken(fed.queue) == Lines{"new"});
}

TEST_CASE("a log cut at random places comes out once and in order") {
  std::mt19937 random(7);
  std::vector<std::string> log;
  for (int i = 0, time = 0; i < 3000; ++i) {
    time += static_cast<int>(random() % 30);
    log.push_back(stamped(time, std::to_string(random() % 5 == 0 ? 0 : i)));
  }
  Lines expected;
  for (const std::string& line : log) expected.push_back(line.substr(31, line.size() - 32));
  Fed fed;
  Lines got;
  while (got.size() < expected.size()) {
    fed.reconnect();
    std::string bytes;
    const std::string since = fed.resume.known() ? fed.resume.since().substr(0, 19) : "";
    for (const std::string& line : log)
      if (line.substr(0, 19) >= since) bytes += line;
    bytes.resize(std::min<std::size_t>(bytes.size(), 5000 + random() % 20'000));
    fed.feed(bytes);
    for (std::string& line : taken(fed.queue)) got.push_back(std::move(line));
  }
  CHECK(got == expected);
}

TEST_CASE("lines of several logs come in the order of their times") {
  Merge merge(3);
  merge.feed(0, 10, "a");
  merge.feed(0, 40, "d");
  merge.feed(1, 20, "b");
  merge.feed(2, 30, "c");
  merge.now += 50ms;
  CHECK(merge.pump() > merge.now);
  CHECK(merge.sink.lines.empty());  // an older one may still come
  merge.now += 2s;
  merge.pump();
  CHECK(merge.sink.lines == Lines{"0 a", "1 b", "2 c", "0 d"});
}

TEST_CASE("a log that has said nothing yet holds up the others for a second at most") {
  Merge merge(2);
  merge.feed(0, 10, "a");
  merge.now += 999ms;
  CHECK(merge.pump() == Clock::time_point{} + 1s);
  CHECK(merge.sink.lines.empty());
  merge.now += 1ms;
  merge.pump();
  CHECK(merge.sink.lines == Lines{"0 a"});
}

TEST_CASE("live lines wait a tenth of a second for older ones") {
  Merge merge(2);
  merge.now += 5s;
  merge.pump();
  merge.feed(0, 200, "newer");
  CHECK(merge.pump() == Clock::time_point{} + 5100ms);
  merge.now += 60ms;
  merge.feed(1, 100, "older");
  merge.pump();
  CHECK(merge.sink.lines.empty());
  merge.now += 100ms;
  merge.pump();
  CHECK(merge.sink.lines == Lines{"1 older", "0 newer"});
}

TEST_CASE("a single log waits for nobody") {
  Merge merge(1);
  merge.feed(0, 10, "a");
  merge.pump();
  CHECK(merge.sink.lines == Lines{"0 a"});
}

TEST_CASE("the order of lines within one log is never changed") {
  Merge merge(2);
  merge.feed(0, 50, "first");
  merge.feed(0, 40, "second");
  merge.feed(1, 45, "other");
  merge.now += 2s;
  merge.pump();
  CHECK(merge.sink.lines == Lines{"1 other", "0 first", "0 second"});
}

TEST_CASE("reading to the end waits for every log, as long as it takes") {
  Merge merge(2, Order::strict);
  merge.feed(0, 10, "a");
  merge.now += 1h;
  merge.pump();
  CHECK(merge.sink.lines.empty());
  merge.feed(1, 5, "b");
  merge.inputs[1].open = false;
  merge.pump();
  CHECK(merge.sink.lines == Lines{"1 b", "0 a"});
}

TEST_CASE("a full sink gets nothing more, and nothing is lost") {
  Merge merge(1);
  for (int i = 0; i < 5; ++i) merge.feed(0, i, std::to_string(i));
  merge.sink.most = 2;
  CHECK(merge.pump() == merge.now);
  CHECK(merge.sink.lines.size() == 2);
  merge.sink.most = 100;
  merge.pump();
  CHECK(merge.sink.lines.size() == 5);
}

TEST_CASE("filters keep what one include matches and no exclude") {
  const LogFilter filter{{Pattern("GET|POST", "--include"), Pattern("^err", "--include")},
                         {Pattern("health", "--exclude")}};
  CHECK(filter.passes("GET /orders"));
  CHECK(filter.passes("error 5"));
  CHECK_FALSE(filter.passes("an error"));
  CHECK_FALSE(filter.passes("GET /health"));
  const std::vector<Match> matches = filter.highlights("err GET POST");
  REQUIRE(matches.size() == 3);
  CHECK((matches[1].begin == 4 && matches[1].end == 7));
  CHECK(LogFilter{{Pattern("x*", "--include")}, {}}.highlights("axxb").size() == 1);  // empty matches show nothing
}

TEST_CASE("a pattern meets a line of a megabyte without running out of stack") {
  const std::string line(1 << 20, 'a');
  CHECK(Pattern("(a|b)*c?$", "--include").matches(line));
  CHECK_FALSE(Pattern("b", "--include").matches(line));
}

TEST_CASE("a pattern that is none is refused with the reason") {
  CHECK_THROWS_AS(Pattern("(", "--include"), Error);
  try {
    Pattern("a[", "--exclude");
  } catch (const Error& error) {
    CHECK(error.kind == ErrorKind::usage);
    CHECK(std::string(error.what()) == "--exclude: 'a[' is not a regular expression");
    CHECK_FALSE(error.cause.empty());
  }
}

TEST_CASE("level, message and fields are found under the names that logging libraries use") {
  const auto fields = [](const char* line) { return fields_of(object_of_line(line)); };
  const LogFields pino = fields(R"({"level":40,"time":1,"pid":7,"hostname":"h","msg":"slow","ms":1200})");
  CHECK(pino.level == Level::warn);
  CHECK(pino.message == "slow");
  REQUIRE(pino.rest.size() == 1);
  CHECK((pino.rest[0].first == "ms" && pino.rest[0].second == 1200));
  CHECK(fields(R"({"severity":"ERROR","message":"x"})").level == Level::error);
  CHECK(fields(R"({"log.level":"Information","message":"x"})").rest.size() == 1);  // not a level: shown as it is
  CHECK(object_of_line("[1]").is_null());
  CHECK(object_of_line("{broken").is_null());
  CHECK(object_of_line("{\"a\":1} trailing").is_null());
}

TEST_CASE("conditions compare levels by rank, numbers by size, everything else as text") {
  const Json line = Json::parse(R"({"level":"warn","status":404,"url":"/orders","req":{"id":"a9"},"ok":true})");
  for (const char* yes : {"level>=warn", "level>info", "level=WARN", "level!=error", "level<50", "status>=400",
                          "status=404", "url~order", "req.id=a9", "missing!=x", "ok=true", "status < 405"})
    CHECK(Condition(yes).holds(line));
  for (const char* no : {"level>warn", "level>=error", "status<400", "url~product", "missing=x", "missing>1"})
    CHECK_FALSE(Condition(no).holds(line));
  for (const char* wrong : {"level", "=x", "level>=loud", ""}) CHECK_THROWS_AS(Condition(wrong), Error);
}
