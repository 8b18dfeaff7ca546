// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

namespace kforge::yaml {
namespace {

TEST_CASE("places count from one and cover the scalar") {
  const Node node = parse("kforge.yaml", "# top\nservices:\n  orders: {image: \"o:1\", port: 8000}\n");
  const Node* orders = node.find("services")->find("orders");
  CHECK(node.find("services")->entries[0].key.place().to_string() == "kforge.yaml:3:3");
  CHECK(node.find("services")->entries[0].key.place().length == 6);
  CHECK(orders->find("image")->place().column == 19);
  CHECK(orders->find("image")->place().length == 5);  // with its quotes
  CHECK(orders->find("port")->place().length == 4);
  CHECK(orders->place().source_line == "  orders: {image: \"o:1\", port: 8000}");
}

TEST_CASE("a block mapping is shown at its first key") {
  const Node node = parse("f.yaml", "a:\n  long-key: 1\n");
  CHECK(node.find("a")->place().line == 2);
  CHECK(node.find("a")->place().length == 8);
}

TEST_CASE("columns are bytes and lengths are columns of a terminal") {
  const Node node = parse("f.yaml", "{é: ü, x: \"漢\"}\n");
  CHECK(node.entries[0].key.column == 2);
  CHECK(node.entries[0].value.column == 6);
  CHECK(node.entries[0].value.place().length == 1);
  CHECK(node.entries[1].value.place().length == 4);
}

TEST_CASE("an escaped quote does not end a quoted scalar") {
  CHECK(parse("f.yaml", R"(a: "x\"y" # c)").find("a")->place().length == 6);
}

TEST_CASE("a byte order mark moves no column") {
  CHECK(parse("f.yaml",
              "\xef\xbb\xbf"
              "a: b\n")
            .find("a")
            ->column == 4);
}

TEST_CASE("very long lines are not shown") {
  const Node node = parse("f.yaml", "a: " + std::string(5000, 'x'));
  CHECK(node.find("a")->place().source_line.empty());
  CHECK(node.find("a")->place().line == 1);
}

TEST_CASE("lines of a source end where the line feed stands") {
  const Source source{"f", "one\r\ntwo\n\nfour", {0, 5, 9, 10}};
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3).empty());
  CHECK(source.line(4) == "four");
  CHECK(source.line(0).empty());
  CHECK(source.line(5).empty());
}

}  // namespace
}  // namespace kforge::yaml
