// SPDX-License-Identifier: Apache-2.0
#include "ui/live_progress.hpp"

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_terminal.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/screen.hpp"
#include "tests/unit/ui/events.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using rollout::State;
using tests::Tier;

namespace {

// A view on a fake terminal whose output a tiny terminal plays.
struct Stage {
  explicit Stage(int columns, int rows = 30, bool utf8 = true) : screen(columns, rows) {
    terminal.interactive = true;
    terminal.columns = columns;
    terminal.rows = rows;
    style = {.utf8 = utf8, .live = true, .terminal = true, .width = columns};
    view = std::make_unique<ui::LiveProgress>(terminal, clock, style, ui::Detail::brief);
  }
  void send(const deploy::Event& event) { view->on_event(event); }
  void pass(Milliseconds length) {
    clock.advance(length);
    view->on_tick();
  }
  std::string text() {
    screen.feed(terminal.err_text);
    terminal.err_text.clear();
    return screen.text();
  }
  // Up to the middle of the backend stage.
  void until_backend() {
    send(tests::started_up());
    send(tests::planned());
    for (const auto& [tier, name] : {std::pair{Tier::database, "postgres"}, {Tier::auth, "keycloak"}}) {
      send(tests::stage_started(tier));
      send(tests::ready(tier, name, 1));
      clock.advance(200ms);
      send(tests::stage_ended(tier, 200ms));
    }
    send(tests::stage_started(Tier::backend));
    send(tests::ready(Tier::backend, "product-service", 2));
    send(tests::ready(Tier::backend, "payment-service", 2));
    auto waiting =
        tests::state(Tier::backend, "order-service", State::waiting, 1, 2, "1/2 new pods ready, pulling image");
    waiting.limit = 5min;
    send(waiting);
    pass(14s);
  }

  tests::FakeClock clock;
  tests::FakeTerminal terminal;
  tests::Screen screen;
  ui::Style style;
  std::unique_ptr<ui::LiveProgress> view;
};

}  // namespace

TEST_CASE("the live view of a deploy at 80 columns") {
  Stage stage(81);
  stage.until_backend();
  CHECK(stage.text() ==
        "shop → prod-cluster (https://10.0.0.5:6443) as ci@shop\n"
        "  3 to update, 1 to create, 41 unchanged, 0 to delete\n"
        "  restarts: order-service (2 pods)\n"
        "────────────────────────────────────────────────────────────────────────────────\n"
        "   namespaces   waits for backend\n"
        " ✔ database     postgres 1/1                                                0.2s\n"
        " ✔ auth         keycloak 1/1                                                0.2s\n"
        " ● backend      product-service 2/2 ✔   payment-service 2/2 ✔                14s\n"
        "     order-service   1/2 new pods ready, pulling image 14s (of 5m)\n"
        "   gateway      kong waits for backend\n");
  CHECK(stage.screen.cursor_visible());
  CHECK(stage.screen.cursor_column() == 0);
}

TEST_CASE("a wide window puts restarts beside the plan and is not filled to its edge") {
  Stage stage(160);
  stage.until_backend();
  const std::string text = stage.text();
  CHECK(
      text.starts_with("shop → prod-cluster (https://10.0.0.5:6443) as ci@shop\n"
                       "  3 to update, 1 to create, 41 unchanged, 0 to delete"
                       "                         restarts: order-service (2 pods)\n"));
  for (const std::string& line : split(text, '\n')) CHECK(display_width(line) <= 110);
}

TEST_CASE("a window below 60 columns gets a list") {
  Stage stage(42);
  stage.until_backend();
  CHECK(stage.text() ==
        "shop → prod-cluster as ci@shop\n"
        "  3 to update, 1 to create, 41 unchanged…\n"
        "  restarts: order-service (2 pods)\n"
        "─────────────────────────────────────────\n"
        "   namespaces waits for backend\n"
        " ✔ database 1 ready 0.2s\n"
        " ✔ auth 1 ready 0.2s\n"
        " ● backend 2 of 3 ready 14s\n"
        "  order-service 1/2 new pods ready, pull…\n"
        "   gateway kong waits for backend\n");
}

TEST_CASE("without UTF-8 the live view is plain ASCII") {
  Stage stage(81, 30, false);
  stage.until_backend();
  for (const char c : stage.text()) CHECK(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("the block redraws at most ten times a second and only when something changed") {
  Stage stage(81);
  stage.until_backend();
  const std::string before = stage.text();
  stage.pass(50ms);
  stage.send(tests::state(Tier::backend, "order-service", State::waiting, 1, 2, "starting"));
  CHECK(stage.terminal.err_text.empty());
  stage.pass(50ms);
  CHECK_FALSE(stage.terminal.err_text.empty());
  CHECK(stage.text() != before);
  stage.pass(200ms);
  CHECK(stage.terminal.err_text.empty());
  stage.pass(1s);
  CHECK_FALSE(stage.terminal.err_text.empty());
}

TEST_CASE("the block is never taller than the window") {
  Stage stage(81, 8);
  stage.send(tests::started_up());
  stage.send(tests::planned());
  for (const Tier tier : {Tier::namespaces, Tier::database, Tier::auth}) {
    stage.send(tests::stage_started(tier));
    stage.send(tests::stage_ended(tier, 100ms));
  }
  stage.send(tests::stage_started(Tier::backend));
  for (int i = 0; i < 40; ++i) {
    stage.clock.advance(1s);
    stage.send(tests::state(Tier::backend, "service-" + std::to_string(i), State::waiting, 0, 2, "starting"));
  }
  stage.pass(1s);
  stage.text();
  CHECK(stage.screen.window() ==
        " ✔ namespaces, database, auth                                               0.3s\n"
        " ● backend      0 of 40 ready                                                41s\n"
        "     service-0   starting 40s\n"
        "     service-1   starting 39s\n"
        "     service-2   starting 38s\n"
        "     and 37 more\n"
        "   gateway      kong waits for backend\n");
  stage.pass(1s);
  const std::string all = stage.text();
  CHECK(all.find("0 of 40 ready") == all.rfind("0 of 40 ready"));  // nothing was left behind above the window
}

TEST_CASE("failing objects stand nearest to the cursor") {
  Stage stage(81);
  stage.until_backend();
  auto failed = tests::state(Tier::backend, "payment-service", State::failed, 0, 2, "image not found");
  stage.send(failed);
  stage.pass(1s);
  CHECK(stage.text().ends_with("   gateway      kong waits for backend\n ✖ payment-service   image not found\n"));
}

TEST_CASE("success leaves the block and says what to do next") {
  Stage stage(81);
  stage.until_backend();
  stage.send(tests::ready(Tier::backend, "order-service", 2));
  stage.send(tests::stage_ended(Tier::backend, 15s));
  auto done = tests::finished(0, "done", 21s);
  done.next_steps = {"kforge status", "kforge logs order-service"};
  stage.send(done);
  stage.view->close(nullptr);
  CHECK(
      stage.text().ends_with(" ✔ backend      3 ready                                                      15s\n"
                             "   gateway      kong waits\n"
                             "✔ shop is up in 21s: 3 updated, 1 created, 41 unchanged\n"
                             "  next  kforge status\n"
                             "        kforge logs order-service\n"));
}

TEST_CASE("a run that changes nothing leaves one line") {
  Stage stage(81);
  stage.send(tests::started_up());
  deploy::Planned plan;
  plan.summary.unchanged = 45;
  stage.send(plan);
  stage.send(tests::stage_started(Tier::backend));
  stage.pass(300ms);
  auto done = tests::finished(0, "nothing to do", 100ms);
  done.summary = plan.summary;
  stage.send(done);
  stage.view->close(nullptr);
  CHECK(stage.text() == "✔ shop is up to date, nothing to do: 45 unchanged\n");
}

TEST_CASE("warnings scroll above the block") {
  Stage stage(81);
  stage.until_backend();
  stage.send(deploy::WarningText{"spec.foo is deprecated\x1b[2J"});
  const std::string text = stage.text();
  CHECK(text.find("! spec.foo is deprecated\\x1b[2J\n   namespaces") != std::string::npos);
  CHECK(text.ends_with("   gateway      kong waits for backend\n"));
}

TEST_CASE("a window made narrower leaves no remains of the wider block") {
  Stage stage(81);
  stage.until_backend();
  stage.text();
  stage.terminal.columns = 60;
  stage.pass(1s);
  CHECK(stage.terminal.err_text.find("\x1b[J") != std::string::npos);
  CHECK(stage.terminal.err_text.find("\x1b[10A") != std::string::npos);  // four of the six lines took two rows each
}

TEST_CASE("at no point between two writes is the cursor hidden") {
  struct Watching final : Terminal {
    tests::Screen screen{81, 30};
    void write(Stream, std::string_view text) override {
      screen.feed(text);
      CHECK(screen.cursor_visible());
    }
    bool is_terminal(Stream) const override { return true; }
    bool input_is_terminal() const override { return true; }
    int width(Stream) const override { return 81; }
    int height(Stream) const override { return 30; }
    std::optional<std::string> read_line() override { return std::nullopt; }
  } terminal;
  tests::FakeClock clock;
  ui::LiveProgress view(terminal, clock, {.utf8 = true, .live = true, .terminal = true, .width = 81},
                        ui::Detail::brief);
  view.on_event(tests::started_up());
  view.on_event(tests::planned());
  view.on_event(tests::stage_started(Tier::backend));
  clock.advance(1s);
  view.on_tick();
  const Error interrupted(ErrorKind::interrupted, "interrupted");
  view.close(&interrupted);
  CHECK(terminal.screen.cursor_column() == 0);
}

TEST_CASE("the live view of a removal counts what is deleted") {
  Stage stage(81);
  auto run = tests::started_up();
  run.command = "down";
  stage.send(run);
  deploy::Planned plan;
  plan.summary.remove = 3;
  plan.stages = {{Tier::gateway, {"kong"}}, {Tier::backend, {}}};
  stage.send(plan);
  auto gateway = tests::stage_started(Tier::gateway);
  gateway.changing = {tests::deployment("kong", "gateway")};
  stage.send(gateway);
  stage.send(deploy::ObjectApplied{Tier::gateway, tests::deployment("kong", "gateway"), deploy::Action::remove, ""});
  stage.send(tests::stage_ended(Tier::gateway, 300ms));
  auto backend = tests::stage_started(Tier::backend);
  backend.changing = {tests::deployment("a"), tests::deployment("b")};
  stage.send(backend);
  stage.pass(2s);
  const std::string text = stage.text();
  CHECK(text.find("  3 to delete\n") != std::string::npos);
  CHECK(text.find(" ✔ gateway      1 deleted") != std::string::npos);
  CHECK(text.find(" ● backend      deleting 0/2") != std::string::npos);
}
