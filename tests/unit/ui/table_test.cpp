// SPDX-License-Identifier: Apache-2.0
#include "ui/table.hpp"

#include "tests/support/catch.hpp"

using namespace kforge::ui;

namespace {

const Style plain{.utf8 = true};

Table sample() {
  Table table({{"SERVICE"}, {"READY", Align::right}, {"AGE", Align::left, 1}, {"STATUS", Align::left, 0, true}});
  table.add({"order-service", "2/2", "12d", "ready"});
  table.add({"kong", "0/10", "2h", "waiting: image pull takes its time"});
  return table;
}

std::string text(int width) {
  return paint_all(sample().lines(plain, width), plain);
}

}  // namespace

TEST_CASE("a table aligns its columns and leaves no spaces at line ends") {
  CHECK(text(0) ==
        "SERVICE        READY  AGE  STATUS\n"
        "order-service    2/2  12d  ready\n"
        "kong            0/10  2h   waiting: image pull takes its time\n");
}

TEST_CASE("the flexible column is cut before others are left out") {
  CHECK(text(40) ==
        "SERVICE        READY  AGE  STATUS\n"
        "order-service    2/2  12d  ready\n"
        "kong            0/10  2h   waiting: ima…\n");
}

TEST_CASE("the least important column goes when cutting is not enough") {
  CHECK(text(34) ==
        "SERVICE        READY  STATUS\n"
        "order-service    2/2  ready\n"
        "kong            0/10  waiting: im…\n");
  CHECK(sample().left_out(34) == std::vector<std::string>{"AGE"});
  CHECK(sample().left_out(80).empty());
}

TEST_CASE("in a window, a column that may go and says nothing goes first; a pipe keeps it") {
  Table table({{"RELEASE"}, {"COMMIT", Align::left, 9}, {"WHAT", Align::left, 0, true}});
  table.add({"r1", "", "scale web=3"});
  CHECK(paint_all(table.lines(plain, 80), plain) == "RELEASE  WHAT\nr1       scale web=3\n");
  CHECK(paint_all(table.lines(plain, 0), plain) == "RELEASE  COMMIT  WHAT\nr1               scale web=3\n");
}

TEST_CASE("other columns go for a flexible one that says how much is enough for it") {
  Table table({{"REASON"}, {"OBJECT", Align::left, 1}, {"MESSAGE", Align::left, 0, true, 20}});
  table.add({"Pulled", "pod web-5f7c", "successfully pulled image"});
  CHECK(paint_all(table.lines(plain, 40), plain) == "REASON  MESSAGE\nPulled  successfully pulled image\n");
  CHECK(paint_all(table.lines(plain, 42), plain) ==
        "REASON  OBJECT        MESSAGE\nPulled  pod web-5f7c  successfully pulled…\n");
  CHECK(paint_all(table.lines(plain, 20), plain) == "REASON  MESSAGE\nPulled  successfull…\n");
}

TEST_CASE("a note stands under the column that it is about, wherever that is") {
  Table table({{"TIER", Align::left, 1}, {"SERVICE"}});
  table.add({"backend", "order-service"});
  table.add_note("3 endpoints", 1);
  CHECK(paint_all(table.lines(plain, 40), plain) == "TIER     SERVICE\nbackend  order-service\n         3 endpoints\n");
  CHECK(paint_all(table.lines(plain, 20), plain) == "SERVICE\norder-service\n3 endpoints\n");
}
