// SPDX-License-Identifier: Apache-2.0
#include "ui/plain_lines.hpp"

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_terminal.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using rollout::State;
using tests::Tier;

namespace {

struct Log {
  explicit Log(ui::Groups groups = ui::Groups::none) : view(terminal, clock, {}, ui::Detail::brief, groups) {}
  void send(const deploy::Event& event) { view.on_event(event); }
  // Lets time go by as the wait loop does, tick by tick.
  void pass(Milliseconds length) {
    for (Milliseconds gone{0}; gone < length; gone += 100ms) {
      clock.advance(100ms);
      view.on_tick();
    }
  }

  tests::FakeClock clock;
  tests::FakeTerminal terminal;
  ui::PlainLines view;
};

}  // namespace

TEST_CASE("a pipe gets a line per change and a heartbeat every 30 seconds") {
  Log log;
  log.send(tests::started_up());
  log.send(tests::planned());
  log.pass(500ms);
  log.send(tests::stage_started(Tier::namespaces));
  log.send(tests::stage_ended(Tier::namespaces, 100ms));
  log.send(tests::stage_started(Tier::database));
  log.send(tests::ready(Tier::database, "postgres", 1));
  log.pass(400ms);
  log.send(tests::stage_ended(Tier::database, 400ms));
  log.send(tests::stage_started(Tier::backend));
  log.send(tests::changed(Tier::backend, tests::deployment("order-service"), "image v1.0.0 -> v1.1.0"));
  log.send(deploy::ObjectApplied{Tier::backend, tests::deployment("new-service"), deploy::Action::create, ""});
  log.send(deploy::ObjectApplied{Tier::backend, tests::deployment("old-service"), deploy::Action::unchanged, ""});
  log.pass(400ms);
  log.send(tests::ready(Tier::backend, "product-service", 2));
  log.send(tests::state(Tier::backend, "order-service", State::waiting, 1, 2, "1/2 new pods ready"));
  log.pass(31s);
  log.send(tests::ready(Tier::backend, "order-service", 2));
  log.send(tests::stage_ended(Tier::backend, 32s));
  log.send(tests::finished(0, "done", 34s));
  log.view.close(nullptr);
  CHECK(log.terminal.err_text ==
        "[0.0s] shop -> prod-cluster as ci@shop: 3 to update, 1 to create, 41 unchanged, 0 to delete\n"
        "[0.0s] restarts: order-service (2 pods)\n"
        "[0.5s] namespaces ready\n"
        "[0.9s] database ready: postgres 1/1\n"
        "[1.1s] backend applied: Deployment backend/order-service changed (image v1.0.0 -> v1.1.0), 1 created\n"
        "[31.1s] waiting: order-service 1/2 new pods ready 29s\n"
        "[32.3s] backend ready: product-service 2/2, order-service 2/2\n"
        "[32.3s] done: shop in 34s: 3 updated, 1 created, 41 unchanged\n");
  CHECK(log.terminal.out_text.empty());
}

TEST_CASE("objects that become ready while others wait are told together") {
  Log log;
  log.send(tests::started_up());
  log.send(tests::stage_started(Tier::backend));
  for (const char* name : {"a", "b", "c"})
    log.send(tests::state(Tier::backend, name, State::waiting, 0, 2, "starting"));
  log.send(tests::ready(Tier::backend, "a", 2));
  log.send(tests::ready(Tier::backend, "b", 2));
  log.pass(2s);
  CHECK(log.terminal.err_text == "[1.0s] ready: a 2/2, b 2/2\n");
}

TEST_CASE("a probable cause of waiting is told once, ordinary waiting is not") {
  Log log;
  log.send(tests::started_up());
  log.send(tests::stage_started(Tier::backend));
  auto starting = tests::state(Tier::backend, "a", State::waiting, 0, 2, "starting");
  auto pulling = tests::state(Tier::backend, "a", State::waiting, 0, 2, "image pull fails: no such host");
  pulling.verdict.reason = "RegistryUnreachable";
  pulling.verdict.code = "KF2006";
  for (int i = 0; i < 3; ++i) {
    log.send(starting);
    log.send(pulling);
  }
  CHECK(log.terminal.err_text == "[0.0s] a waiting: image pull fails: no such host\n");
}

TEST_CASE("a failure is told at once and explained at the end") {
  Log log;
  log.send(tests::started_up());
  log.send(tests::planned());
  log.terminal.err_text.clear();
  log.send(tests::stage_started(Tier::backend));
  log.send(tests::state(Tier::backend, "order-service", State::failed, 0, 2, "image not found"));
  log.send(deploy::StageEnded{Tier::backend, false, 11s});
  log.send(tests::image_not_found());
  auto end = tests::finished(20, "failed", 12s);
  end.not_reached = {Tier::gateway};
  end.applied = {tests::deployment("order-service")};
  log.send(end);
  const Error error(ErrorKind::rollout_failed, "order-service failed");
  log.view.close(&error);
  CHECK(log.terminal.err_text.starts_with(
      "[0.0s] order-service failed: image not found\n[0.0s] backend failed\n\nx order-service failed: "));
  CHECK(log.terminal.err_text.find("not reached: gateway\n") != std::string::npos);
}

TEST_CASE("a long list of objects is counted") {
  Log log;
  log.send(tests::started_up());
  log.send(tests::stage_started(Tier::backend));
  for (int i = 0; i < 12; ++i)
    log.send(tests::state(Tier::backend, "s" + std::to_string(i), State::waiting, 0, 1, "starting"));
  log.send(tests::planned());
  log.terminal.err_text.clear();
  log.pass(31s);
  CHECK(log.terminal.err_text.find("s4 starting 30s; and 7 more\n") != std::string::npos);
}

TEST_CASE("GitHub folds the lines of a stage, and the result stands outside of the fold") {
  Log log(ui::Groups::github);
  log.send(tests::started_up());
  log.send(tests::stage_started(Tier::backend));
  log.send(tests::changed(Tier::backend, tests::deployment("a"), "image v1 -> v2"));
  log.send(tests::ready(Tier::backend, "a", 2));
  log.send(tests::stage_ended(Tier::backend, 1s));
  log.send(tests::stage_started(Tier::gateway));
  log.view.close(nullptr);
  CHECK(log.terminal.err_text ==
        "::group::backend\n"
        "[0.0s] backend applied: Deployment backend/a changed (image v1 -> v2)\n"
        "::endgroup::\n"
        "[0.0s] backend ready: a 2/2\n"
        "::group::gateway\n"
        "::endgroup::\n");
}

TEST_CASE("a removal tells stages as they go") {
  Log log;
  auto run = tests::started_up();
  run.command = "down";
  log.send(run);
  deploy::Planned plan;
  plan.summary.remove = 2;
  plan.summary.keep = 1;
  log.send(plan);
  log.send(tests::stage_started(Tier::gateway));
  log.send(deploy::ObjectApplied{Tier::gateway, tests::deployment("kong", "gateway"), deploy::Action::remove, ""});
  log.send(tests::stage_ended(Tier::gateway, 1s));
  auto end = tests::finished(0, "done", 2s);
  end.summary = plan.summary;
  log.send(end);
  log.view.close(nullptr);
  CHECK(log.terminal.err_text ==
        "[0.0s] shop -> prod-cluster as ci@shop: 2 to delete, 1 kept\n"
        "[0.0s] gateway: 1 deleted\n"
        "[0.0s] gateway removed\n"
        "[0.0s] done: shop in 2.0s: 2 deleted, 1 kept\n");
}
