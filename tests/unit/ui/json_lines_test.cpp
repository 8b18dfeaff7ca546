// SPDX-License-Identifier: Apache-2.0
#include "ui/json_lines.hpp"

#include "base/text.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"
#include "ui/result_document.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using rollout::State;
using tests::Tier;

namespace {

struct EventLog {
  EventLog() : view([this](std::string_view more) { this->text += more; }, clock) {}
  std::vector<Json> lines() const {
    std::vector<Json> parsed;
    for (const std::string& line : split(text, '\n'))
      if (!line.empty()) parsed.push_back(Json::parse(line));
    return parsed;
  }
  tests::FakeClock clock;
  std::string text;
  ui::JsonLines view;
};

}  // namespace

TEST_CASE("every event line carries version, time, sequence and type; the last one is the summary") {
  EventLog log;
  log.view.on_event(tests::started_up());
  log.clock.advance(1234ms);
  log.view.on_event(tests::planned());
  auto done = tests::finished(0, "done", 21s);
  done.applied = {tests::deployment("order-service")};
  log.view.on_event(done);
  log.view.close(nullptr);
  const auto lines = log.lines();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["v"] == 1);
  CHECK(lines[0]["ts"] == "2026-01-01T00:00:00.000Z");
  CHECK(lines[1]["ts"] == "2026-01-01T00:00:01.234Z");
  CHECK(lines[0]["seq"] == 1);
  CHECK(lines[1]["type"] == "planned");
  CHECK(lines[1]["counts"]["update"] == 3);
  CHECK(lines[2]["seq"] == 3);
  CHECK(lines[2]["type"] == "summary");
  CHECK(lines[2]["exitCode"] == 0);
  CHECK(lines[2]["error"].is_null());
  CHECK(lines[2]["applied"][0] == Json::parse(R"({"kind":"Deployment","ns":"backend","name":"order-service"})"));
}

TEST_CASE("a state line names stage, resource, status and cause") {
  EventLog log;
  auto failed = tests::state(Tier::backend, "order-service", State::failed, 0, 2, "image not found");
  failed.verdict.code = "KF2003";
  failed.verdict.evidence = "manifest unknown";
  log.view.on_event(failed);
  const Json line = log.lines().at(0);
  CHECK(line["type"] == "state");
  CHECK(line["stage"] == "backend");
  CHECK(line["status"] == "failed");
  CHECK(line["cause"] == Json::parse(R"({"code":"KF2003","text":"image not found","evidence":"manifest unknown"})"));
  CHECK(line["pods"] == Json::parse(R"({"ready":0,"wanted":2})"));
}

TEST_CASE("a run that ends before it began still ends in a summary with the error") {
  EventLog log;
  const Error error(ErrorKind::unreachable, "no answer from the cluster");
  log.view.close(&error);
  const auto lines = log.lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0]["type"] == "summary");
  CHECK(lines[0]["status"] == "failed");
  CHECK(lines[0]["error"]["kind"] == "unreachable");
}

TEST_CASE("the result document holds stages, objects and failures on every path") {
  ui::ResultDocument result;
  CHECK(result.document()["status"] == "failed");
  CHECK(result.document()["objects"] == Json::array());
  result.on_event(tests::started_up());
  result.on_event(tests::changed(Tier::backend, tests::deployment("order-service"), "image v1 -> v2"));
  result.on_event(tests::state(Tier::backend, "order-service", State::failed, 0, 2, "image not found"));
  result.on_event(deploy::StageEnded{Tier::backend, false, 11s});
  result.on_event(tests::image_not_found());
  result.on_event(tests::finished(20, "failed", 12s));
  const Json document = result.document();
  CHECK(document["project"] == "shop");
  CHECK(document["exitCode"] == 20);
  CHECK(document["objects"].size() == 1);
  CHECK(document["objects"][0]["action"] == "update");
  CHECK(document["objects"][0]["verdict"] == "failed");
  CHECK(document["failures"][0]["cause"]["code"] == "KF2003");
  CHECK(document["failures"][0]["place"]["line"] == 8);
  CHECK(document["stages"][0]["status"] == "failed");
}
