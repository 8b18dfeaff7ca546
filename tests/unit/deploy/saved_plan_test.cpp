// SPDX-License-Identifier: Apache-2.0
// Plans in files, and what has changed since.
#include "deploy/saved_plan.hpp"

#include "base/text.hpp"
#include "deploy/drift.hpp"
#include "deploy/names.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace nlohmann::literals;
using deploy::Category;

// A deployed project with a new image, and the plan of it.
struct Approved : Rig {
  Json saved;
  Approved() {
    cluster.put({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "kube-system"}}}});
    up();
    sample.order_image = "shop/order-service:v2";
    saved = plan().saved;
  }
  Ended carried_out() {
    deploy::UpRequest request;
    deploy::restore_request(saved, request);
    return up(request);
  }
  // Nothing may be written, and the text says why.
  void refused(const std::string& why) {
    const int writes = cluster.writes().total();
    const Ended run = carried_out();
    REQUIRE(run.error);
    CHECK(run.error->kind == ErrorKind::conflict);
    INFO(run.error->cause);
    CHECK(contains(run.error->cause, why));
    CHECK(cluster.writes().total() == writes);
  }
};

deploy::Preview drift(Rig& rig) {
  Recorder told;
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  deploy::Session session({client, rig.clock, rig.project, rig.environment, told}, Milliseconds{60'000});
  render::SecretValues values = Sample::local_values();
  const auto stored = rig.cluster.find("Secret", "database", "kforge.shop.values");
  for (auto& [name, entry] : values)
    if (!entry.value)
      entry.value = Secret(base64_decode(stored->at("data").at(deploy::values_key(name)).get<std::string>()));
  const render::Rendered release = rig.sample.render(values);
  const int writes = rig.cluster.writes().total();
  deploy::Preview found = deploy::drift_of(session, deploy::applyset_of(rig.project), release);
  CHECK(rig.cluster.writes().total() == writes);
  return found;
}

const deploy::PlannedObject& object_of(const deploy::Preview& preview, const std::string& name) {
  return *std::ranges::find_if(preview.objects,
                               [&](const deploy::PlannedObject& each) { return each.object.to_string() == name; });
}

void patch(Rig& rig, const std::string& kind, const std::string& name, const Json& change, const std::string& manager) {
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  const schema::Kind& type =
      *schema::Table::embedded().find(schema::kind_name(*rig.cluster.find(kind, "backend", name)));
  REQUIRE(client.call(kube::merge_patch_request(type, {type.name, "backend", name}, change, manager)).ok());
}

}  // namespace

TEST_CASE("a saved plan is carried out when nothing has moved") {
  Approved rig;
  const Ended run = rig.carried_out();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->summary.update == 1);
}

TEST_CASE("a saved plan holds no value of any object") {
  Approved rig;
  const std::string text = to_text(rig.saved);
  CHECK_FALSE(contains(text, mail_password));
  CHECK_FALSE(contains(text, base64_encode(mail_password)));
  CHECK_FALSE(contains(text, "order-service:v2"));
}

TEST_CASE("a saved plan refuses when the world has moved") {
  Approved rig;
  SECTION("somebody changed an object that it changes") {
    rig.cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 9; });
    rig.refused("Deployment backend/order-service  was changed by somebody (generation");
  }
  SECTION("an object without a generation has another content") {
    rig.sample.settings["LOG_LEVEL"] = "debug";
    rig.saved = rig.plan().saved;
    rig.cluster.edit("ConfigMap", "backend", "order-service-config-0a1b2c3d",
                     [](Json& object) { object["data"]["X"] = "1"; });
    rig.refused("ConfigMap backend/order-service-config-0a1b2c3d  was changed by somebody (sha256:");
  }
  SECTION("an object was made anew") {
    Json copy = *rig.cluster.find("Deployment", "backend", "order-service");
    rig.cluster.remove("Deployment", "backend", "order-service");
    for (const char* field : {"uid", "resourceVersion"}) copy["metadata"].erase(field);
    rig.cluster.put(copy);
    rig.refused("Deployment backend/order-service  was deleted and made again");
  }
  SECTION("an object is gone") {
    rig.cluster.remove("Service", "backend", "product-service");
    rig.refused("Service backend/product-service  is gone");
  }
  SECTION("the project file says something else") {
    rig.sample.order_image = "shop/order-service:v3";
    rig.refused("Deployment backend/order-service  is described differently by the project file");
  }
  SECTION("the project file has another object") {
    rig.sample.more = {object(project::Tier::backend, config_map("backend", "more"))};
    rig.refused("ConfigMap backend/more  is new in the project file");
  }
  SECTION("what was unchanged needs a change now") {
    patch(rig, "Service", "product-service", {{"metadata", {{"labels", {{"kforge.dev/project", nullptr}}}}}},
          "somebody");
    rig.refused("Service backend/product-service  would now be: update, not: unchanged");
  }
  SECTION("it is another cluster") {
    rig.saved["cluster"] = "another";
    rig.refused("it is for another cluster (another, this one is ");
  }
  SECTION("it is for another environment") {
    rig.saved["environment"] = "production";
    rig.refused("it is for project 'shop' in environment 'production'");
  }
}

TEST_CASE("status writes, and scaling of what the plan leaves alone, do not make it stale") {
  Approved rig;
  rig.cluster.set_status("Deployment", "backend", "order-service",
                         rig.cluster.find("Deployment", "backend", "order-service")->at("status"));
  rig.cluster.edit("Deployment", "gateway", "kong", [](Json& object) { object["metadata"]["generation"] = 40; });
  CHECK_FALSE(rig.carried_out().error);
}

TEST_CASE("what is no plan is refused as wrong usage") {
  deploy::UpRequest request;
  for (const Json& document : {Json(), Json(3), Json{{"kind", "kforge-plan"}, {"v", 2}}, Json{{"v", 1}}})
    CHECK_THROWS_AS(deploy::restore_request(document, request), Error);
}

TEST_CASE("after up nothing has drifted") {
  Rig rig;
  rig.up();
  CHECK_FALSE(drift(rig).changes());
}

TEST_CASE("drift names field, release's value, live value, manager and time") {
  Rig rig;
  rig.up();
  patch(rig, "Deployment", "product-service", {{"spec", {{"replicas", 7}}}}, "kubectl-edit");
  const deploy::Preview found = drift(rig);
  const deploy::PlannedObject& product = object_of(found, "Deployment backend/product-service");
  REQUIRE(product.fields.size() == 1);
  CHECK(product.fields[0].path == "spec.replicas");
  CHECK(product.fields[0].before == 2);
  CHECK(product.fields[0].after == 7);
  CHECK(product.fields[0].manager == "kubectl-edit");
  CHECK(product.fields[0].since);
  CHECK(found.count(Category::update) == 1);
}

TEST_CASE("drift shows what others added, which applying the release again would leave") {
  Rig rig;
  rig.up();
  patch(rig, "ConfigMap", "order-service-config-0a1b2c3d", {{"data", {{"EXTRA", "1"}}}}, "kubectl-edit");
  const deploy::PlannedObject config = object_of(drift(rig), "ConfigMap backend/order-service-config-0a1b2c3d");
  REQUIRE(config.fields.size() == 1);
  CHECK(config.fields[0].path == "data.EXTRA");
  CHECK(config.fields[0].before.is_null());
  CHECK(config.fields[0].after == "1");
  CHECK(config.fields[0].manager == "kubectl-edit");
}

TEST_CASE("what autoscalers and controllers write is no drift") {
  Rig rig;
  rig.up();
  patch(rig, "Deployment", "order-service", {{"spec", {{"replicas", 4}}}}, "kube-controller-manager");
  patch(rig, "Deployment", "order-service",
        {{"metadata", {{"annotations", {{"deployment.kubernetes.io/revision", "3"}}}}}}, "somebody");
  CHECK_FALSE(drift(rig).changes());
}

TEST_CASE("an object of the release that is gone is shown, and a paused one does not hide the rest") {
  Rig rig;
  rig.up();
  rig.cluster.remove("Service", "backend", "product-service");
  patch(rig, "Deployment", "order-service", {{"spec", {{"paused", true}}}}, "kubectl-rollout");
  const deploy::Preview found = drift(rig);
  CHECK(object_of(found, "Service backend/product-service").category == Category::remove);
  CHECK(object_of(found, "Deployment backend/order-service").fields.at(0).path == "spec.paused");
}

TEST_CASE("drift is measured by the last release, whatever the project file says today") {
  Rig rig;
  rig.up();
  rig.sample.order_image = "shop/order-service:v2";
  CHECK_FALSE(rig.drift().changes());
  CHECK(rig.drift().baseline == "r1");
  patch(rig, "Deployment", "product-service", {{"spec", {{"replicas", 7}}}}, "kubectl-edit");
  const deploy::Preview found = rig.drift();
  CHECK(found.count(Category::update) == 1);
  CHECK(object_of(found, "Deployment backend/product-service").fields.at(0).manager == "kubectl-edit");
  deploy::UpRequest only;
  only.services = {"order-service"};
  CHECK_FALSE(rig.drift(only).changes());
}

TEST_CASE("drift sees that a secret value was replaced, although nobody knows the old one any more") {
  Rig rig;
  rig.up();
  patch(rig, "Secret", "mail-44444444", {{"data", {{"password", base64_encode("taken-0ver-Pass")}}}}, "kubectl-edit");
  const deploy::PlannedObject secret = object_of(rig.drift(), "Secret backend/mail-44444444");
  REQUIRE(secret.fields.size() == 1);
  CHECK(secret.fields[0].manager == "kubectl-edit");
  CHECK(secret.fields[0].before.get<std::string>().starts_with("#"));
  CHECK(secret.fields[0].before != secret.fields[0].after);
}

TEST_CASE("drift names a verb of kforge that changed what the release says") {
  Rig rig;
  rig.up();
  patch(rig, "Deployment", "product-service", {{"spec", {{"replicas", 5}}}}, deploy::scale_manager);
  const deploy::PlannedObject product = object_of(rig.drift(), "Deployment backend/product-service");
  REQUIRE(product.fields.size() == 1);
  CHECK(product.fields[0].manager == "kforge-scale");
  CHECK(product.fields[0].since);
}

TEST_CASE("drift says when the last release failed, and compares with it") {
  Rig rig({"order-service"});
  REQUIRE(rig.up().error);
  const deploy::Preview found = rig.drift();
  CHECK(found.baseline == "r1");
  REQUIRE(found.remarks.size() == 1);
  CHECK(found.remarks[0] == "r1 is failed: what it did not reach counts as changed, too");
}

TEST_CASE("drift of a Secret shows hashes") {
  Rig rig;
  rig.up();
  patch(rig, "Secret", "mail-44444444", {{"data", {{"password", base64_encode("taken-0ver-Pass")}}}}, "kubectl-edit");
  const deploy::PlannedObject secret = object_of(drift(rig), "Secret backend/mail-44444444");
  REQUIRE(secret.fields.size() == 1);
  CHECK(secret.fields[0].before.get<std::string>().starts_with("#"));
  CHECK(secret.fields[0].after.get<std::string>().starts_with("#"));
  CHECK(secret.fields[0].before != secret.fields[0].after);
}

}  // namespace kforge::tests
