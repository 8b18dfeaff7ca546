// SPDX-License-Identifier: Apache-2.0
// What `kforge plan` finds out, without a write.
#include "base/text.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace nlohmann::literals;
using deploy::Category;
using deploy::PlannedObject;

const PlannedObject& find(const deploy::PlanResult& plan, const std::string& name) {
  const auto found = std::ranges::find_if(
      plan.preview.objects, [&](const PlannedObject& object) { return object.object.to_string() == name; });
  if (found == plan.preview.objects.end()) throw std::logic_error("not in the plan: " + name);
  return *found;
}

const deploy::FieldChange* field(const PlannedObject& object, const std::string& path) {
  const auto found = std::ranges::find(object.fields, path, &deploy::FieldChange::path);
  return found == object.fields.end() ? nullptr : &*found;
}

void patch(Rig& rig, const std::string& kind, const std::string& name, const Json& change, const std::string& manager) {
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  const schema::Kind& type =
      *schema::Table::embedded().find(schema::kind_name(*rig.cluster.find(kind, "backend", name)));
  REQUIRE(client.call(kube::merge_patch_request(type, {type.name, "backend", name}, change, manager)).ok());
}

// The plan, made without any write.
deploy::PlanResult planned(Rig& rig, const deploy::UpRequest& request = {}) {
  const int writes = rig.cluster.writes().total();
  deploy::PlanResult plan = rig.plan(request);
  CHECK(rig.cluster.writes().total() == writes);
  return plan;
}

}  // namespace

TEST_CASE("a first plan creates everything and writes nothing") {
  Rig rig;
  const deploy::PlanResult plan = planned(rig);
  CHECK(plan.preview.count(Category::create) == plan.preview.objects.size());
  CHECK_FALSE(plan.refusal);
  CHECK(plan.preview.changes());
}

TEST_CASE("after up a plan changes nothing and asks the server about no object") {
  Rig rig;
  rig.up();
  const int asked = rig.cluster.writes().dry_runs;
  const deploy::PlanResult plan = planned(rig);
  CHECK(plan.preview.count(Category::unchanged) == plan.preview.objects.size());
  CHECK_FALSE(plan.preview.changes());
  CHECK(rig.cluster.writes().dry_runs == asked);
}

TEST_CASE("only what differs goes through a server dry run") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  const int asked = rig.cluster.writes().dry_runs;
  const deploy::PlanResult plan = planned(rig);
  CHECK(rig.cluster.writes().dry_runs == asked + 1);
  const PlannedObject& order = find(plan, "Deployment backend/order-service");
  CHECK(order.category == Category::restart);
  CHECK(order.impact.images == std::vector<std::string>{"image v1 -> v2"});
  REQUIRE(order.fields.size() == 1);
  CHECK(order.fields[0].path == "spec.template.spec.containers[app].image");
  CHECK(order.fields[0].before == "shop/order-service:v1");
  CHECK(order.fields[0].after == "shop/order-service:v2");
}

TEST_CASE("a change of replicas restarts nothing") {
  Rig rig;
  rig.up();
  rig.sample.product_replicas = 4;
  const deploy::PlanResult plan = planned(rig);
  const PlannedObject& product = find(plan, "Deployment backend/product-service");
  CHECK(product.category == Category::update);
  CHECK(product.impact.restarts == 0);
}

TEST_CASE("defaults that the server adds to what changes are not shown") {
  Rig rig;
  rig.up();
  rig.cluster.respond([&](const Received& received) -> std::optional<Reply> {
    if (!contains(received.request.path, "dryRun=All")) return std::nullopt;
    Json outcome = *rig.cluster.find("Deployment", "backend", "product-service");
    outcome["spec"]["replicas"] = 4;
    outcome["spec"]["strategy"] = {{"type", "RollingUpdate"}};
    return Reply::json(200, outcome);
  });
  rig.sample.product_replicas = 4;
  const PlannedObject product = find(planned(rig), "Deployment backend/product-service");
  REQUIRE(product.fields.size() == 1);
  CHECK(product.fields[0].path == "spec.replicas");
}

TEST_CASE("values of Secrets are shown as hashes that tell whether they are equal (diff-masks)") {
  Rig rig;
  rig.up();
  rig.cluster.edit("Secret", "backend", "mail-44444444",
                   [](Json& object) { object["data"]["password"] = base64_encode("another-Passw0rd"); });
  deploy::UpRequest request;
  request.force_conflicts = true;
  const deploy::PlanResult plan = planned(rig, request);
  const deploy::FieldChange* password = field(find(plan, "Secret backend/mail-44444444"), "data.password");
  REQUIRE(password != nullptr);
  CHECK(password->before != password->after);
  for (const Json& value : {password->before, password->after}) {
    CHECK(value.get<std::string>().size() == 9);
    CHECK(value.get<std::string>().starts_with("#"));
  }
  for (const PlannedObject& object : plan.preview.objects)
    for (const deploy::FieldChange& change : object.fields)
      for (const Json& value : {change.before, change.after}) {
        CHECK_FALSE(contains(to_text(value), mail_password));
        CHECK_FALSE(contains(to_text(value), "another-Passw0rd"));
        CHECK_FALSE(contains(to_text(value), base64_encode("another-Passw0rd")));
      }
}

TEST_CASE("hashes of two plans say nothing about each other") {
  Rig rig;
  const auto hash = [&] { return field(find(planned(rig), "Secret backend/mail-44444444"), "data.password")->after; };
  CHECK(hash() != hash());
}

TEST_CASE("a value of a live Secret is masked wherever else it stands") {
  Rig rig;
  rig.sample.settings["URL"] = "http://x";
  rig.up();
  rig.cluster.put(member(R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "old", "namespace": "backend"},
                             "data": {"key": "T2xkLVMzY3IzdC1WYWx1ZQ=="}})"_json,
                         "order-service"));
  rig.cluster.edit("ConfigMap", "backend", "order-service-config-0a1b2c3d",
                   [](Json& object) { object["data"]["URL"] = "http://Old-S3cr3t-Value@x"; });
  deploy::UpRequest request;
  request.force_conflicts = true;
  const deploy::PlanResult plan = planned(rig, request);
  const deploy::FieldChange* url = field(find(plan, "ConfigMap backend/order-service-config-0a1b2c3d"), "data.URL");
  REQUIRE(url != nullptr);
  CHECK(url->before == "http://[redacted]@x");
}

TEST_CASE("a conflict is in the plan with manager, age and both values, and refuses as up does") {
  Rig rig;
  rig.up();
  patch(rig, "Deployment", "product-service", {{"spec", {{"replicas", 7}}}}, "kubectl-edit");
  const deploy::PlanResult plan = planned(rig);
  const PlannedObject& product = find(plan, "Deployment backend/product-service");
  CHECK(product.category == Category::conflict);
  REQUIRE(product.conflicts.size() == 1);
  CHECK(product.conflicts[0].path == "spec.replicas");
  CHECK(product.conflicts[0].manager == "kubectl-edit");
  CHECK(product.conflicts[0].since);
  CHECK(product.conflicts[0].live == 7);
  CHECK(product.conflicts[0].ours == 2);
  REQUIRE(plan.refusal);
  CHECK(plan.refusal->kind == ErrorKind::conflict);
  CHECK(std::string(plan.refusal->what()) == rig.up().error->what());
}

TEST_CASE("with force the plan shows what taking the field over changes") {
  Rig rig;
  rig.up();
  patch(rig, "Deployment", "product-service", {{"spec", {{"replicas", 7}}}}, "kubectl-edit");
  deploy::UpRequest request;
  request.force_conflicts = true;
  const deploy::PlanResult plan = planned(rig, request);
  CHECK_FALSE(plan.refusal);
  const deploy::FieldChange* replicas = field(find(plan, "Deployment backend/product-service"), "spec.replicas");
  REQUIRE(replicas != nullptr);
  CHECK(replicas->before == 7);
  CHECK(replicas->after == 2);
}

TEST_CASE("an object whose values are right, but somebody else's, says so") {
  Rig rig;
  rig.up();
  const std::string name = "order-service-config-0a1b2c3d";
  for (const char* level : {"debug", "info"})
    patch(rig, "ConfigMap", name, {{"data", {{"LOG_LEVEL", level}}}}, "kubectl-edit");
  const deploy::PlanResult plan = planned(rig);
  const PlannedObject& object = find(plan, "ConfigMap backend/" + name);
  CHECK(object.category == Category::update);
  CHECK(object.fields.empty());
  CHECK(object.remark == "no value changes: kforge takes its fields over again");
}

TEST_CASE("an object that gets a new name with its new content shows what changed in it") {
  Rig rig;
  rig.up();
  Json renamed = config_map("backend", "order-service-config-ffffffff");
  renamed["data"] = {{"LOG_LEVEL", "debug"}};
  rig.sample.more = {object(project::Tier::backend, renamed, "order-service")};
  const deploy::PlanResult plan = planned(rig);
  const PlannedObject& config = find(plan, "ConfigMap backend/order-service-config-ffffffff");
  CHECK(config.category == Category::create);
  CHECK(config.replaces == "order-service-config-0a1b2c3d");
  REQUIRE(config.fields.size() == 1);
  CHECK(config.fields[0].path == "data.LOG_LEVEL");
  CHECK(config.fields[0].before == "info");
}

TEST_CASE("a quota that leaves too little room for the rollout is told") {
  Rig rig;
  rig.cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "backend"}}}});
  rig.cluster.put(
      R"({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "compute", "namespace": "backend"},
                      "spec": {}, "status": {"hard": {"pods": "3"}, "used": {"pods": "0"}}})"_json);
  const deploy::PlanResult plan = planned(rig);
  CHECK(plan.preview.remarks ==
        std::vector<std::string>{"quota 'compute' of namespace 'backend' has too little room: pods: 3 left, 4 needed; "
                                 "pods will have to wait"});
}

TEST_CASE("an account that may not see quotas gets a plan all the same") {
  Rig rig;
  rig.cluster.forbid("list", "resourcequotas");
  CHECK(planned(rig).preview.remarks.empty());
}

}  // namespace kforge::tests
