// SPDX-License-Identifier: Apache-2.0
#include "ui/log_printer.hpp"

#include "tests/fakes/fake_terminal.hpp"
#include "tests/support/catch.hpp"
#include "ui/log_text.hpp"

#include <nlohmann/json.hpp>

using namespace kforge;
using namespace kforge::ui;
using observe::LogLine;
using observe::LogOrigin;

namespace {

const LogOrigin order{.number = 0,
                      .service = "order-service",
                      .name_space = "backend",
                      .pod = "order-service-5d9c7bb4f-x7k2p",
                      .container = "app"};
const LogOrigin kong{.number = 1, .service = "kong", .name_space = "gateway", .pod = "kong-0", .container = "proxy"};
constexpr std::string_view stamp = "2026-01-02T03:04:05.000000000Z";

struct Printing {
  tests::FakeTerminal terminal;
  Style style{.utf8 = true};
  std::string show(LogView view, std::string_view text, LogLine::Kind kind = LogLine::Kind::line) {
    LogPrinter printer(terminal, style, style, std::move(view));
    printer.on_origin(order);
    printer.on_origin(kong);
    printer.on_line(order, {kind, 0, stamp, text});
    printer.flush();
    return std::exchange(terminal.out_text, {});
  }
};

std::string harmless(std::string_view text, const Style& style = {.utf8 = true}) {
  std::string out;
  append_harmless(out, text, style);
  return out;
}

}  // namespace

TEST_CASE("a line has service and pod in a column before it") {
  Printing printing;
  CHECK(printing.show({}, "hello") == "order-service x7k2p │ hello\n");
  CHECK(printing.show({.stamps = true}, "hello") == "order-service x7k2p │ 2026-01-02T03:04:05.000000000Z hello\n");
  printing.style.utf8 = false;
  CHECK(printing.show({}, "gr\xc3\xbc\xc3\x9f") == "order-service x7k2p | gr??\n");
}

TEST_CASE("the column is as wide as the widest name, and narrow in a narrow window") {
  tests::FakeTerminal terminal;
  LogPrinter wide(terminal, {}, {}, {});
  wide.on_origin(order);
  wide.on_origin(kong);
  wide.on_line(kong, {.text = "x"});
  wide.flush();
  CHECK(terminal.out_text == "kong 0              | x\n");
  terminal.out_text.clear();
  LogPrinter narrow(terminal, {.utf8 = true, .terminal = true, .width = 36}, {}, {});
  narrow.on_origin(order);
  narrow.on_line(order, {.text = "x"});
  narrow.flush();
  CHECK(terminal.out_text == "order-servi… │ x\n");
}

TEST_CASE("the colour of a service is the same in every run, and no two of a project's share one") {
  Printing printing;
  printing.style.colour = true;
  const LogView view{.services = {"a", "k", "u", "order-service", "kong"}};  // a, k and u meet in the palette
  const std::string first = printing.show(view, "x");
  CHECK(first == printing.show(view, "x"));
  CHECK(first.starts_with("\x1b["));
  CHECK(first.ends_with("\x1b[0m x\n"));
}

TEST_CASE("control and bidi characters of a service become visible, tabs stay") {
  CHECK(harmless("plain text") == "plain text");
  CHECK(harmless("a\x1b]0;title\x07z") == "a\\x1b]0;title\\x07z");
  CHECK(harmless("12345678\x1b[2Jrest") == "12345678\\x1b[2Jrest");
  CHECK(harmless("tab\there") == "tab\there");
  CHECK(harmless("over\rwrite\x08") == "over\\x0dwrite\\x08");
  CHECK(harmless("\xe2\x80\xae"
                 "evil") == "\\u202eevil");
  CHECK(harmless("bad \xff byte") == "bad \\xff byte");
  CHECK(harmless("\x7f") == "\\x7f");
}

TEST_CASE("colours of the service's own stay on a coloured terminal and end with the line") {
  const std::string text = "\x1b[32minfo\x1b[39m done";
  CHECK(harmless(text, {.colour = true, .utf8 = true}) == text + "\x1b[0m");
  CHECK(harmless(text) == "info done");
  CHECK(harmless("\x1b[38;5;8mgrey", {.colour = true, .utf8 = true}) == "\x1b[38;5;8mgrey\x1b[0m");
  CHECK(harmless("\x1b[8mhidden", {.colour = true, .utf8 = true}) == "\\x1b[8mhidden");  // conceals
  CHECK(harmless("\x1b[31", {.colour = true, .utf8 = true}) == "\\x1b[31");
}

TEST_CASE("what is included is highlighted") {
  Printing printing;
  printing.style.colour = true;
  LogView view;
  view.filter.include.emplace_back("5[0-9][0-9]", "--include");
  CHECK(printing.show(view, "GET 503 now").ends_with("GET \x1b[1;31m503\x1b[0m now\n"));
  CHECK(printing.show(view, "GET 200 now").empty());
}

TEST_CASE("raw is what the service wrote to a pipe, and harmless on a terminal") {
  Printing printing;
  const LogView view{.format = LogFormat::raw};
  CHECK(printing.show(view, "a\x1b[2Jb\xff") == "a\x1b[2Jb\xff\n");
  CHECK(printing.show(view, "part of ", LogLine::Kind::piece) == "part of ");
  printing.terminal.interactive = true;
  CHECK(printing.show(view, "a\x1b[2Jb") == "a\\x1b[2Jb\n");
}

TEST_CASE("-o json gives one object a line that says where it comes from") {
  Printing printing;
  for (const std::string text : {"plain", "with \"quotes\" and \\", "umlaut \xc3\xbc", "bad \xff", "\x1b[2J", ""}) {
    const Json line = Json::parse(printing.show({.format = LogFormat::json}, text));
    CHECK(line["time"] == stamp);
    CHECK(line["service"] == "order-service");
    CHECK(line["pod"] == order.pod);
    CHECK(line["namespace"] == "backend");
    CHECK(line["container"] == "app");
    if (text.find('\xff') == std::string::npos) CHECK(line["message"] == text);
  }
  const Json parsed = Json::parse(printing.show({.format = LogFormat::json, .parse = true}, R"({"level":"warn"})"));
  CHECK(parsed["fields"]["level"] == "warn");
}

TEST_CASE("JSON lines become level, message and fields") {
  Printing printing;
  const std::string line = R"({"level":40,"time":1,"pid":7,"msg":"slow answer","ms":1200,"req":{"url":"/a b"}})";
  CHECK(printing.show({.parse = true}, line) ==
        "order-service x7k2p │ WARN  slow answer ms=1200 req={\"url\":\"/a b\"}\n");
  CHECK(printing.show({.parse = true, .fields = {"req.url"}}, line) ==
        "order-service x7k2p │ WARN  slow answer req.url=\"/a b\"\n");
  CHECK(printing.show({.parse = true}, "no JSON") == "order-service x7k2p │ no JSON\n");
  CHECK(printing.show({.parse = true}, R"({"msg":"x","stack":"Error: y\n    at z"})") ==
        "order-service x7k2p │ x stack=Error: y\n                          at z\n");
}

TEST_CASE("conditions keep only lines that are JSON and meet them") {
  Printing printing;
  LogView view;
  view.where.emplace_back("level>=warn");
  CHECK(printing.show(view, R"({"level":"error"})").ends_with("{\"level\":\"error\"}\n"));
  CHECK(printing.show(view, R"({"level":"info"})").empty());
  CHECK(printing.show(view, "no JSON").empty());
}

TEST_CASE("remarks stand between the lines at a terminal, and on stderr otherwise") {
  Printing printing;
  const auto note = [&] {
    LogPrinter printer(printing.terminal, printing.style, printing.style, {});
    printer.on_origin(order);
    printer.on_line(order, {.text = "one"});
    printer.on_note(order, "restarted");
    printer.flush();
  };
  note();
  CHECK(printing.terminal.err_text == "~ order-service-5d9c7bb4f-x7k2p: restarted\n");
  printing.terminal.out_text.clear();
  printing.terminal.interactive = true;
  note();
  CHECK(printing.terminal.out_text.ends_with("one\n~ order-service-5d9c7bb4f-x7k2p: restarted\n"));
}

TEST_CASE("a terminal that is slow fills the printer, and gets everything in the end") {
  struct Slow final : Terminal {
    std::string text;
    std::size_t room = 0;
    void write(Stream, std::string_view) override {}
    std::size_t write_some(std::string_view more) override {
      const std::size_t count = std::min(room, more.size());
      text += more.substr(0, count);
      return count;
    }
    int output_fd() override { return 1; }
    bool is_terminal(Stream) const override { return false; }
    bool input_is_terminal() const override { return false; }
    int width(Stream) const override { return 0; }
    int height(Stream) const override { return 0; }
    std::optional<std::string> read_line() override { return std::nullopt; }
  } slow;
  LogPrinter printer(slow, {}, {}, {.format = LogFormat::raw});
  printer.on_origin(order);
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = "line " + std::to_string(i);
    for (; printer.full(); slow.room = 40'000) CHECK(printer.flush().wants_room);
    printer.on_line(order, {.text = line});
    expected += line + "\n";
    slow.room = i % 3 == 0 ? 10 : 0;
    printer.flush();
  }
  slow.room = SIZE_MAX;
  CHECK_FALSE(printer.flush().wants_room);
  CHECK(printer.is_empty());
  CHECK(slow.text == expected);
}
