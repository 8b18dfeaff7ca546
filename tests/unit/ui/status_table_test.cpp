// SPDX-License-Identifier: Apache-2.0
#include "ui/status_table.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using rollout::State;

namespace {

const WallTime now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 20};

observe::ObjectRow row(const std::string& tier, const std::string& service, const std::string& image, int pods) {
  observe::ObjectRow made;
  made.tier = tier;
  made.object = tests::deployment(service, tier);
  made.service = service;
  made.image = image;
  made.counts = rollout::Counts{pods, pods, pods};
  made.created = now - 288h;
  made.verdict.state = State::ready;
  return made;
}

observe::ProjectStatus shop() {
  observe::ProjectStatus status;
  status.project = "shop";
  status.context = "prod-cluster";
  status.objects = {row("database", "postgres", "17.6", 1), row("backend", "order-service", "v1.1.0", 2),
                    row("backend", "product-service", "v1.0.0", 3)};
  observe::ObjectRow& orders = status.objects[1];
  orders.scale = "2-5";
  orders.restarts = 1;
  orders.counts->ready = 1;
  orders.verdict.state = State::waiting;
  orders.verdict.message = "1/2 pods ready";
  observe::PodRow pod;
  pod.name = "order-service-7c9f-abcde";
  pod.state = "running";
  pod.node = "node-1";
  pod.restarts = 1;
  pod.started = now - 2h;
  pod.last_restart = now - 4min;
  pod.last_exit = "out of memory at 512Mi";
  orders.pods = {pod};
  status.notes = {"order-service restarted 4m ago: out of memory at 512Mi"};
  return status;
}

std::string status_text(const observe::ProjectStatus& status, WallTime at, ui::Pods pods, const ui::Style& style) {
  return ui::paint_all(ui::status_lines(status, at, pods, style), style);
}

ui::Style window(int width) {
  return {.utf8 = true, .terminal = true, .width = width};
}

}  // namespace

TEST_CASE("status shows tiers in order, what is not ready and why") {
  CHECK(status_text(shop(), now, ui::Pods::hidden, window(100)) ==
        "shop                                                                                    prod-cluster\n"
        "\n"
        "TIER      SERVICE          IMAGE   READY  SCALE  RESTARTS  AGE  STATUS\n"
        "database  postgres         17.6    1/1    –      0         12d  ready\n"
        "backend   order-service    v1.1.0  1/2    2–5    1 (4m)    12d  waiting: 1/2 pods ready\n"
        "          product-service  v1.0.0  3/3    –      0         12d  ready\n"
        "\n"
        "! order-service restarted 4m ago: out of memory at 512Mi\n");
}

TEST_CASE("the title of a status tells the last release, and when it did not end well") {
  observe::ProjectStatus status = shop();
  status.release = observe::LastRelease{
      .number = 13, .status = "deployed", .what = {}, .by = "ci", .commit = "a1b2c3d4e5f6", .started = now - 2h};
  CHECK(status_text(status, now, ui::Pods::hidden, window(80))
            .starts_with("shop  release 13, 2h ago by ci (a1b2c3d4)                           prod-cluster\n"));
  CHECK(status_text(status, now, ui::Pods::hidden, window(45))
            .starts_with("shop  release 13, 2h ago by ci (a1b2c3d4)\n"));
  status.release->status = "failed";
  CHECK(status_text(status, now, ui::Pods::hidden, window(80)).starts_with("shop  release 13 failed, 2h ago by ci"));
}

TEST_CASE("a narrower window loses the least important columns") {
  const std::string text = status_text(shop(), now, ui::Pods::hidden, window(62));
  CHECK(text.find("TIER      SERVICE          IMAGE   READY  AGE  STATUS\n") != std::string::npos);
  for (const std::string& line : split(text, '\n'))
    if (!line.starts_with("!")) CHECK(display_width(line) <= 62);
}

TEST_CASE("below 60 columns status is a list") {
  CHECK(status_text(shop(), now, ui::Pods::hidden, window(40)) ==
        "shop                        prod-cluster\n"
        "\n"
        "database\n"
        "  postgres 17.6 1/1\n"
        "backend\n"
        "  order-service v1.1.0 1/2\n"
        "    waiting: 1/2 pods ready\n"
        "  product-service v1.0.0 3/3\n"
        "\n"
        "! order-service restarted 4m ago: out of\n"
        "  memory at 512Mi\n");
}

TEST_CASE("-v adds the pods") {
  const std::string text = status_text(shop(), now, ui::Pods::shown, window(160));
  CHECK(text.find("            order-service-7c9f-abcde          0/1           1 (4m)    2h   "
                  "running, last exit: out of memory at 512Mi on node-1\n") != std::string::npos);
}

TEST_CASE("a pipe gets every column in full") {
  const ui::Style pipe{.utf8 = true, .width = 20};
  CHECK(status_text(shop(), now, ui::Pods::hidden, pipe).find("waiting: 1/2 pods ready\n") != std::string::npos);
}

TEST_CASE("ages have one unit") {
  CHECK(ui::age_text(now - 59s, now) == "59s");
  CHECK(ui::age_text(now - 61s, now) == "1m");
  CHECK(ui::age_text(now - 47h, now) == "47h");
  CHECK(ui::age_text(now - 48h, now) == "2d");
  CHECK(ui::age_text(now + 5s, now) == "0s");
  CHECK(ui::age_text(std::nullopt, now).empty());
}
