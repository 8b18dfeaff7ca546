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
