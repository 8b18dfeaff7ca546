// SPDX-License-Identifier: Apache-2.0
#include "ui/report.hpp"

#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using tests::Tier;

namespace {

const ui::Style piped{.utf8 = true};
const Error failure(ErrorKind::rollout_failed, "order-service failed");
const Error interrupt(ErrorKind::interrupted, "interrupted");

ui::ProgressModel failed_run(std::vector<deploy::Diagnosis> diagnoses) {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  model.apply(tests::planned(), {});
  for (const auto& diagnosis : diagnoses) model.apply(diagnosis, {});
  auto end = tests::finished(20, "failed", 12s);
  end.not_reached = {Tier::gateway};
  end.applied = {tests::deployment("order-service")};
  end.next_steps = {"fix the tag and run `kforge up` again"};
  model.apply(end, {});
  return model;
}

deploy::Diagnosis crash(const std::string& service) {
  deploy::Diagnosis event = tests::image_not_found();
  event.object = tests::deployment(service);
  event.service = service;
  event.verdict.code = "KF2014";
  event.verdict.message = "crashes";
  event.verdict.subject.clear();
  event.verdict.evidence.clear();
  event.verdict.pods_affected = 1;
  event.place.reset();
  event.log_source = service + "-abc, previous run";
  for (int i = 1; i <= 12; ++i) event.log_lines.push_back("line " + std::to_string(i));
  return event;
}

}  // namespace

TEST_CASE("a failure report: one cause, the evidence, the line, the remedy") {
  const std::string text = ui::closing_text(failed_run({tests::image_not_found()}), &failure, piped, ui::Detail::brief);
  INFO(text);
  CHECK(text.starts_with(
      "\n"
      "✖ order-service failed: image not found                                                       KF2003\n"
      "    registry.example.com/shop/order-service:v1.1.O\n"
      "    2 of 2 new pods, after 11s\n"
      "\n"
      "    kforge.yaml:8:28   order-service:   {image: registry.example.com/shop/order-service:v1.1.O, por…\n"
      "                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
      "    the node said      failed to pull and unpack image\n"
      "                       \"registry.example.com/shop/order-service:v1.1.O\": not found\n"));
  CHECK(text.find("  do this   ") != std::string::npos);
  CHECK(text.find("            `kforge explain KF2003` has more\n") != std::string::npos);
  CHECK(text.ends_with(
      "\nnot reached: gateway\napplied: 1 object (Deployment backend/order-service)\nunchanged: 41 objects\n"));
}

TEST_CASE("a narrow report keeps the caret under what it means") {
  const ui::Style narrow{.utf8 = true, .terminal = true, .width = 60};
  const std::string text =
      ui::closing_text(failed_run({tests::image_not_found()}), &failure, narrow, ui::Detail::brief);
  INFO(text);
  CHECK(text.find("    kforge.yaml:8:28   registry.example.com/shop/order-ser…\n"
                  "                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n") != std::string::npos);
}

TEST_CASE("other causes are counted, and -v shows them all") {
  const auto model = failed_run({crash("payment-service"), tests::image_not_found()});
  const std::string brief = ui::closing_text(model, &failure, piped, ui::Detail::brief);
  CHECK(brief.starts_with("\n✖ order-service failed"));
  CHECK(brief.find("+ 1 further cause: payment-service (KF2014); -v shows all\n") != std::string::npos);
  const std::string full = ui::closing_text(model, &failure, piped, ui::Detail::full);
  CHECK(full.find("✖ payment-service failed: crashes") != std::string::npos);
  CHECK(full.find("further cause") == std::string::npos);
}

TEST_CASE("the last lines of the log are quoted, more with -v") {
  const auto model = failed_run({crash("payment-service")});
  const std::string brief = ui::closing_text(model, &failure, piped, ui::Detail::brief);
  CHECK(brief.find("    last lines of payment-service-abc, previous run:\n"
                   "      2 earlier lines, -v shows them\n"
                   "    │ line 3\n") != std::string::npos);
  CHECK(ui::closing_text(model, &failure, piped, ui::Detail::full).find("    │ line 1\n") != std::string::npos);
}

TEST_CASE("failures come before what was merely not ready in time") {
  auto slow = crash("slow-service");
  slow.timed_out = true;
  slow.verdict.message = "1/2 new pods ready";
  const auto model = failed_run({slow, tests::image_not_found()});
  CHECK(ui::by_weight(model.diagnoses()).front().service == "order-service");
  CHECK(ui::headline(slow) == "slow-service was not ready in time: 1/2 new pods ready");
}

TEST_CASE("an interrupted run says what was applied and how to go on") {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  auto end = tests::finished(130, "interrupted", 4s);
  end.not_reached = {Tier::backend, Tier::gateway};
  end.applied = {tests::namespace_named("backend")};
  end.summary = {};
  model.apply(end, {});
  CHECK(ui::closing_text(model, &interrupt, piped, ui::Detail::brief) ==
        "\n"
        "✖ interrupted after 4.0s\n"
        "\n"
        "not reached: backend, gateway\n"
        "applied: 1 object (Namespace backend)\n"
        "\n"
        "  do this   run `kforge up` again: it goes on where it stopped\n");
}

TEST_CASE("a long list of applied objects is cut") {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  auto end = tests::finished(143, "interrupted", 4s);
  for (int i = 0; i < 7; ++i) end.applied.push_back(tests::namespace_named("n" + std::to_string(i)));
  model.apply(end, {});
  CHECK(ui::closing_text(model, &interrupt, piped, ui::Detail::brief)
            .find("applied: 7 objects (Namespace n0, Namespace n1, Namespace n2, Namespace n3, 3 more)\n") !=
        std::string::npos);
}

TEST_CASE("an error before the first write has the last word") {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  model.apply(tests::finished(13, "failed", 0s), {});
  const auto error = Error(ErrorKind::unreachable, "no answer").hint("check the VPN");
  CHECK(ui::closing_text(model, &error, piped, ui::Detail::brief) == "error: no answer\n  hint: check the VPN\n");
}

TEST_CASE("an error after some writes says how far the run came") {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  auto end = tests::finished(12, "failed", 4s);
  end.not_reached = {Tier::gateway};
  end.applied = {tests::namespace_named("backend")};
  end.summary = {};
  model.apply(end, {});
  const Error error(ErrorKind::forbidden, "no right");
  CHECK(ui::closing_text(model, &error, piped, ui::Detail::brief) ==
        "error: no right\n\nnot reached: gateway\napplied: 1 object (Namespace backend)\n");
}

TEST_CASE("a dry run lists what would change") {
  ui::ProgressModel model;
  model.apply(tests::started_up(), {});
  model.apply(tests::planned(), {});
  model.apply(tests::changed(Tier::backend, tests::deployment("order-service"), "image v1 -> v2"), {});
  model.apply(deploy::ObjectApplied{Tier::backend, tests::deployment("new"), deploy::Action::create, ""}, {});
  model.apply(deploy::ObjectApplied{Tier::backend, tests::deployment("old"), deploy::Action::unchanged, ""}, {});
  model.apply(tests::finished(0, "dry run", 1s), {});
  CHECK(ui::closing_text(model, nullptr, piped, ui::Detail::brief) ==
        "~ Deployment backend/order-service   image v1 -> v2\n"
        "+ Deployment backend/new\n"
        "✔ the server accepts the plan, nothing was changed: 3 to update, 1 to create, 41 unchanged, 0 to delete\n");
}
