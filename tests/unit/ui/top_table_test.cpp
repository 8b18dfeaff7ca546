// SPDX-License-Identifier: Apache-2.0
#include "ui/top_table.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/objects.hpp"
#include "ui/event_lines.hpp"

using namespace kforge;

namespace {

ui::Style wide() {
  ui::Style style;
  style.utf8 = true;
  style.terminal = true;
  style.width = 140;
  return style;
}

}  // namespace

TEST_CASE("a sparkline stands on zero and shows the newest values") {
  ui::Style style = wide();
  CHECK(ui::sparkline({0, 50, 100}, 8, style) == "▁▅█");
  CHECK(ui::sparkline({0, 0}, 8, style) == "▁▁");
  CHECK(ui::sparkline({9, 9, 1, 2}, 2, style) == "▅█");
  CHECK(ui::sparkline({}, 8, style).empty());
  style.utf8 = false;
  CHECK(ui::sparkline({0, 100}, 8, style) == "_#");
}

TEST_CASE("top sets use beside requests and limits, the hungriest first") {
  observe::ProjectStatus status;
  for (const auto& [name, cpu] : {std::pair{"calm", 0.05}, std::pair{"busy", 0.2}}) {
    observe::ObjectRow row;
    row.object = kube::ref_of(tests::deployment(name));
    row.service = name;
    row.pods.push_back({.name = std::string(name) + "-1",
                        .state = "Running",
                        .node = {},
                        .started = {},
                        .last_restart = {},
                        .last_exit = {},
                        .use = {cpu, 100e6},
                        .request = {0.25, 268435456},
                        .limit = {std::nullopt, 536870912}});
    status.objects.push_back(row);
  }
  const std::string text = ui::paint_all(ui::top_lines(status, {}, ui::Pods::shown, wide()), wide());
  INFO(text);
  CHECK(text.find("busy") < text.find("calm"));
  CHECK(text.find("200m") != text.npos);
  CHECK(text.find("80%") != text.npos);
  CHECK(text.find("250m/–") != text.npos);
  CHECK(text.find("256Mi/512Mi") != text.npos);
  CHECK(text.find("busy-1") != text.npos);
  CHECK(text.find("TREND") == text.npos);
}

TEST_CASE("events keep to one line each, whatever the cluster wrote") {
  observe::EventRow row{.first = {},
                        .last = {},
                        .warning = true,
                        .reason = "Failed",
                        .message = "two\nlines\x1b[31m",
                        .object = kube::ref_of(tests::bare_pod("orders-1")),
                        .service = "orders",
                        .count = 3,
                        .objects = {"orders-1", "orders-2"}};
  const std::vector<ui::Line> lines = ui::event_lines({row}, {}, wide());
  REQUIRE(lines.size() == 2);
  const std::string text = lines[1].paint(wide());
  CHECK(text.find("orders (2 pods)") != text.npos);
  CHECK(text.find('\x1b') == text.npos);
  CHECK(ui::followed_event_line(row).paint(wide()).find("(3x)") != std::string::npos);
}
