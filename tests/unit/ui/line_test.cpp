// SPDX-License-Identifier: Apache-2.0
#include "ui/line.hpp"

#include "tests/support/catch.hpp"

using namespace kforge::ui;

namespace {

const Style plain{.utf8 = true};
const Style ascii{};
const Style coloured{.colour = true, .utf8 = true};

}  // namespace

TEST_CASE("a line is measured and cut in columns, not bytes or colours") {
  Line line("postgres ", Colour::bold);
  line.add("日本", Colour::green).add(" ready");
  CHECK(line.width() == 19);
  CHECK(line.cut(19, plain).paint(plain) == "postgres 日本 ready");
  CHECK(line.cut(12, plain).paint(plain) == "postgres 日…");
  CHECK(line.cut(13, ascii).paint(ascii).size() <= 13);
  CHECK(line.cut(9, plain).paint(plain) == "postgres…");
}

TEST_CASE("colours surround their span only and vanish without colour") {
  Line line("ok");
  line.add(" failed", Colour::red);
  CHECK(line.paint(coloured) == "ok\x1b[31m failed\x1b[0m");
  CHECK(line.paint(plain) == "ok failed");
}

TEST_CASE("text from a cluster cannot steer the terminal") {
  const Line line("evil\x1b[2J\x07\r\nnext\u202e");
  CHECK(line.paint(coloured) == "evil\\x1b[2J\\x07\\x0d next\\u202e");
  CHECK(shown("a\x1b[31m\nb", plain) == "a\\x1b[31m\nb");
}

TEST_CASE("without UTF-8 every glyph has an ASCII spelling") {
  CHECK(Line("✔ shop → prod · 3–5 … é日").paint(ascii) == "ok shop -> prod - 3-5 ... ??");
}

TEST_CASE("a right end is left out when it does not fit") {
  CHECK(Line("left").align_right("12s", 12).paint(plain) == "left     12s");
  CHECK(Line("left").align_right("12s", 8).paint(plain) == "left");
}

TEST_CASE("wrapping breaks at spaces and keeps long words whole") {
  CHECK(wrapped("fix the tag and run again", 11) == std::vector<std::string>{"fix the tag", "and run", "again"});
  CHECK(wrapped("averyveryverylongword a", 5) == std::vector<std::string>{"averyveryverylongword", "a"});
  CHECK(wrapped("", 5) == std::vector<std::string>{""});
}

TEST_CASE("text beside a head is broken under its own beginning in a window, and left whole in a pipe") {
  const Style window{.utf8 = true, .terminal = true, .width = 24}, pipe{.utf8 = true};
  CHECK(paint_all(beside(Line("! "), "postgres restarted 4m ago", window), window) ==
        "! postgres restarted 4m\n  ago\n");
  CHECK(paint_all(beside(Line("! "), "postgres restarted 4m ago", pipe), pipe) == "! postgres restarted 4m ago\n");
}
