// SPDX-License-Identifier: Apache-2.0
#include "ui/plan_view.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/ui/events.hpp"
#include "ui/plan_json.hpp"

#include <algorithm>

using namespace kforge;
using namespace std::chrono_literals;
using deploy::Category;

namespace {

const WallTime now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 20};

deploy::PlannedObject planned(Category category, const std::string& kind, const std::string& name) {
  deploy::PlannedObject made;
  made.object = {schema::kind_name("v1", kind), "backend", name};
  made.tier = project::Tier::backend;
  made.category = category;
  return made;
}

deploy::FieldChange field(const std::string& path, Json before, Json after) {
  return {.path = path, .elements = {}, .before = std::move(before), .after = std::move(after)};
}

deploy::Preview sample() {
  deploy::Preview preview;
  deploy::PlannedObject order = planned(Category::restart, "Deployment", "order-service");
  order.impact.restarts = 2;
  order.impact.surge = {.pods = 1, .milli_cpu = 250, .memory = 256 << 20};
  order.fields = {
      field("spec.template.spec.containers[app].image", "registry:5000/order:v1.0.0", "registry:5000/order:v1.1.0"),
      field("spec.template.spec.containers[app].env[LOG_LEVEL].value", "info", "debug")};
  deploy::PlannedObject service = planned(Category::conflict, "Service", "kong-proxy");
  service.conflicts = {
      {.path = "spec.type", .manager = "kubectl-edit", .since = now - 48h, .live = "NodePort", .ours = "LoadBalancer"}};
  preview.objects = {order, planned(Category::create, "ConfigMap", "order-service-config-7c1e09aa"), service,
                     planned(Category::unchanged, "ServiceAccount", "order-service")};
  return preview;
}

std::string text_of(const deploy::Preview& preview, const ui::Style& style, ui::Detail detail = ui::Detail::brief) {
  return ui::paint_all(ui::plan_lines(preview, {.now = now, .detail = detail}, style), style);
}

const ui::Style piped{.utf8 = true};

}  // namespace

TEST_CASE("a plan shows a line an object, its fields with old and new value, and the counts") {
  CHECK(text_of(sample(), piped) ==
        "~ Deployment backend/order-service                  restarts 2 pods, +250m CPU +256Mi while it rolls\n"
        "    spec.template.spec.containers[app].image   v1.0.0 → v1.1.0\n"
        "    spec.template.spec.containers[app].env[LOG_LEVEL]   info → debug\n"
        "+ ConfigMap backend/order-service-config-7c1e09aa\n"
        "! Service backend/kong-proxy\n"
        "    spec.type is set by kubectl-edit (2d ago): live NodePort, ours LoadBalancer\n"
        "1 to update, 1 to create, 0 to delete, 1 conflict, 1 unchanged\n");
}

TEST_CASE("in a narrow window no line of a plan is wider than it") {
  const ui::Style narrow{.utf8 = true, .terminal = true, .width = 44};
  for (const std::string& line : split(text_of(sample(), narrow), '\n')) CHECK(display_width(line) <= 44);
  CHECK(contains(text_of(sample(), narrow), "      v1.0.0 → v1.1.0\n"));
}

TEST_CASE("a plan without UTF-8 is ASCII") {
  const std::string text = text_of(sample(), {.utf8 = false});
  CHECK(std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  CHECK(contains(text, "v1.0.0 -> v1.1.0"));
}

TEST_CASE("an update that pods do not notice is marked") {
  deploy::Preview preview;
  preview.objects = {planned(Category::update, "Deployment", "order-service")};
  preview.objects[0].fields = {field("spec.replicas", 2, 3)};
  CHECK(contains(text_of(preview, piped), "no restart\n    spec.replicas   2 → 3\n"));
}

TEST_CASE("images of another repository are shown in full") {
  deploy::Preview preview;
  preview.objects = {planned(Category::restart, "Deployment", "order-service")};
  preview.objects[0].fields = {field("spec.template.spec.containers[app].image", "a/order:v1", "b/order:v1")};
  CHECK(contains(text_of(preview, piped), "image   a/order:v1 → b/order:v1"));
}

TEST_CASE("of a text of several lines only those that differ are shown, a dozen of them") {
  deploy::Preview preview;
  preview.objects = {planned(Category::update, "ConfigMap", "kong")};
  preview.objects[0].fields = {field("data[kong.yml]", "a\nb\nc\n", "a\nB\nc\nd\n")};
  CHECK(contains(text_of(preview, piped), "    data[kong.yml]\n      - b\n      + B\n      + d\n"));
  std::string many;
  for (int i = 0; i < 40; ++i) many += "line " + std::to_string(i) + "\n";
  preview.objects[0].fields = {field("data[kong.yml]", nullptr, many)};
  CHECK(contains(text_of(preview, piped), "      + line 11\n      and 28 lines more (-v shows all)\n"));
  CHECK(contains(text_of(preview, piped, ui::Detail::full), "      + line 39\n"));
}

TEST_CASE("fields of what is created, and what stays, are shown on demand") {
  deploy::Preview preview = sample();
  preview.objects[1].fields = {field("data.LOG_LEVEL", nullptr, "debug")};
  CHECK_FALSE(contains(text_of(preview, piped), "data.LOG_LEVEL"));
  const std::string full = text_of(preview, piped, ui::Detail::full);
  CHECK(contains(full, "    data.LOG_LEVEL   + debug\n"));
  CHECK(contains(full, "  ServiceAccount backend/order-service\n"));
}

TEST_CASE("texts from the cluster cannot write to the terminal") {
  deploy::Preview preview;
  preview.objects = {planned(Category::update, "ConfigMap", "x")};
  preview.objects[0].fields = {field("data.a", "\x1b[2J", "b\u202e")};
  const std::string text = text_of(preview, piped);
  CHECK_FALSE(contains(text, "\x1b"));
  CHECK_FALSE(contains(text, "\u202e"));
}

TEST_CASE("the document of a plan holds every object with its action, fields and conflicts") {
  const Json document = ui::plan_json({.command = "plan", .project = "shop"}, sample());
  CHECK(document["v"] == 1);
  CHECK(document["changes"] == true);
  CHECK(document["counts"]["restart"] == 1);
  CHECK(document["counts"]["delete"] == 0);
  REQUIRE(document["objects"].size() == 4);
  CHECK(document["objects"][0]["action"] == "restart");
  CHECK(document["objects"][0]["fields"][0]["after"] == "registry:5000/order:v1.1.0");
  CHECK(document["objects"][0]["surge"]["milliCpu"] == 250);
  CHECK(document["objects"][2]["conflicts"][0]["since"] == "2026-01-18T00:00:00Z");
  CHECK(document["objects"][3]["action"] == "unchanged");
}
