// SPDX-License-Identifier: Apache-2.0
#include "ui/github.hpp"

#include "base/diagnostics.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"

using namespace kforge;
using namespace std::chrono_literals;
using tests::Tier;

namespace {

const Environment at_root{{{"GITHUB_WORKSPACE", "/w/shop"}}, "/w/shop"};

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("annotations point into the file and escape what GitHub would misread") {
  ui::Annotation annotation;
  annotation.place = {"kforge.yaml", 12, 5, 1, ""};
  annotation.title = "KF2003 image: a, b";
  annotation.text = "100% wrong\r\nsecond line";
  CHECK(ui::workflow_command(annotation, at_root) ==
        "::error file=kforge.yaml,line=12,col=5,title=KF2003 image%3A a%2C b::100%25 wrong\\x0d%0Asecond line\n");
  annotation.level = ui::AnnotationLevel::warning;
  annotation.place = {};
  annotation.title = "";
  CHECK(ui::workflow_command(annotation, at_root) == "::warning::100%25 wrong\\x0d%0Asecond line\n");
}

TEST_CASE("the file of an annotation counts from the root of the checkout") {
  const Environment below{{{"GITHUB_WORKSPACE", "/w/shop"}}, "/w/shop/deploy"};
  ui::Annotation annotation;
  annotation.place = {"kforge.yaml", 1, 1, 1, ""};
  annotation.text = "x";
  CHECK(ui::workflow_command(annotation, below) == "::error file=deploy/kforge.yaml,line=1,col=1::x\n");
}

TEST_CASE("no more annotations than GitHub shows") {
  Diagnostics problems;
  for (int i = 1; i <= 15; ++i) problems.error({"kforge.yaml", i, 1, 1, "x"}, "bad " + std::to_string(i));
  CHECK(count(ui::annotations_of(InvalidInput(std::move(problems)), at_root), "::error ") == 10);
  CHECK(ui::annotations_of(Error(ErrorKind::unreachable, "no answer").hint("check the VPN"), at_root) ==
        "::error::no answer%0Acheck the VPN\n");
}

TEST_CASE("a failed deploy annotates its cause and writes a step summary and outputs") {
  tests::FakeClock clock;
  std::string commands, summary, outputs;
  const auto into = [](std::string& text) { return [&text](std::string_view more) { text += more; }; };
  ui::GithubView view({into(commands), into(summary), into(outputs)}, clock, at_root);
  view.on_event(tests::started_up());
  view.on_event(tests::planned());
  view.on_event(tests::stage_started(Tier::database));
  view.on_event(tests::stage_ended(Tier::database, 2s));
  view.on_event(tests::stage_started(Tier::backend));
  view.on_event(deploy::StageEnded{Tier::backend, false, 11s});
  auto diagnosis = tests::image_not_found();
  diagnosis.log_lines = {"```", "<script>"};
  diagnosis.log_source = "order-service|x";
  view.on_event(diagnosis);
  view.on_event(tests::finished(20, "failed", 13s));
  const Error error(ErrorKind::rollout_failed, "order-service failed");
  view.close(&error);
  CHECK(commands.starts_with(
      "::error file=kforge.yaml,line=8,col=28,title=KF2003 image not found::order-service failed: image not found"));
  CHECK(summary.find("### kforge up: shop → prod-cluster\n") == 0);
  CHECK(summary.find("| database | ready | 2.0s |\n") != std::string::npos);
  CHECK(summary.find("| backend | **failed** | 11s |\n") != std::string::npos);
  CHECK(summary.find("| gateway | not reached |  |\n") != std::string::npos);
  CHECK(summary.find("#### order-service failed: image not found\n") != std::string::npos);
  CHECK(summary.find("    ```\n    <script>\n") != std::string::npos);
  CHECK(summary.find("order-service\\|x") != std::string::npos);
  CHECK(outputs == "outcome=failed\nchanged=false\n");
}
