// SPDX-License-Identifier: Apache-2.0
// Fields that cannot be changed on an existing object: found out before anything is written, and the way around them.
#include "base/text.hpp"
#include "deploy/immutable.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace nlohmann::literals;
using deploy::Category;

Json cause(const std::string& field, const std::string& message) {
  return {{"field", field}, {"message", message}, {"reason", "FieldValueInvalid"}};
}

Reply immutable(const std::string& field, const std::string& message) {
  return Reply::status_error(422, "Invalid", field + ": " + message, {{"causes", {cause(field, message)}}});
}

// Until the object is deleted, its changes are refused as the API server does.
void freeze(Rig& rig, const std::string& kind, const std::string& name, const Reply& refusal) {
  std::string uid;
  for (const Json& object : rig.cluster.all(kind))
    if (string_at(object, {"metadata", "name"}) == name) uid = kube::uid_of(object);
  rig.cluster.respond([&rig, kind, name, refusal, uid](const Received& received) -> std::optional<Reply> {
    if (received.request.method != "PATCH" || string_at(received.json(), {"kind"}) != kind ||
        string_at(received.json(), {"metadata", "name"}) != name)
      return std::nullopt;
    for (const Json& object : rig.cluster.all(kind))
      if (kube::uid_of(object) == uid) return refusal;
    return std::nullopt;
  });
}

// A claim template of another size, as the server sees it.
struct Database : Rig {
  Database() {
    up();
    for (int pod : {0})
      cluster.put({{"apiVersion", "v1"},
                   {"kind", "PersistentVolumeClaim"},
                   {"metadata", {{"name", "data-postgres-" + std::to_string(pod)}, {"namespace", "database"}}},
                   {"spec", {{"resources", {{"requests", {{"storage", "20Gi"}}}}}}}});
    freeze(
        *this, "StatefulSet", "postgres",
        immutable("spec",
                  "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template' are forbidden"));
    sample.storage = "40Gi";
  }
};

const deploy::PlannedObject& planned(const deploy::PlanResult& plan, const std::string& name) {
  return *std::ranges::find_if(plan.preview.objects,
                               [&](const deploy::PlannedObject& object) { return object.object.to_string() == name; });
}

deploy::UpRequest recreating(const std::string& name) {
  deploy::UpRequest request;
  request.recreate = {name};
  return request;
}

}  // namespace

TEST_CASE("a larger volume of a StatefulSet stops the run before it writes, with the flag that helps (immutable-vct)") {
  Database rig;
  const int writes = rig.cluster.writes().total();
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rejected);
  CHECK(contains(run.error->advice, "`kforge up --recreate StatefulSet/postgres`"));
  CHECK(contains(run.error->advice, "its pods and volumes stay"));
  CHECK(rig.cluster.writes().total() == writes);
}

TEST_CASE("the plan shows what would be recreated, how, and what changes") {
  Database rig;
  const deploy::PlanResult without = rig.plan();
  CHECK(planned(without, "StatefulSet database/postgres").category == Category::recreate);
  CHECK(contains(planned(without, "StatefulSet database/postgres").remark, "needs --recreate StatefulSet/postgres"));
  CHECK(without.refusal);
  const deploy::PlanResult plan = rig.plan(recreating("StatefulSet/postgres"));
  CHECK_FALSE(plan.refusal);
  const deploy::PlannedObject& set = planned(plan, "StatefulSet database/postgres");
  CHECK(set.category == Category::recreate);
  CHECK(contains(set.remark, "data-postgres-0 grows to 40Gi"));
  CHECK(std::ranges::any_of(set.fields, [](const deploy::FieldChange& field) {
    return contains(field.path, "volumeClaimTemplates") && field.before == "20Gi" && field.after == "40Gi";
  }));
  CHECK(set.impact.restarts == 0);
}

TEST_CASE("with the flag claims grow, the StatefulSet goes without its pods, and is made again") {
  Database rig;
  const std::string uid = kube::uid_of(*rig.cluster.find("StatefulSet", "database", "postgres"));
  const std::size_t first = rig.requests();
  const Ended run = rig.up(recreating("StatefulSet/postgres"));
  REQUIRE_FALSE(run.error);
  CHECK(kube::uid_of(*rig.cluster.find("StatefulSet", "database", "postgres")) != uid);
  CHECK(rig.cluster.find("PersistentVolumeClaim", "database", "data-postgres-0")
            ->at("spec")
            .at("resources")
            .at("requests")
            .at("storage") == "40Gi");
  const auto deletion = std::ranges::find_if(
      rig.cluster.requests().begin() + static_cast<std::ptrdiff_t>(first), rig.cluster.requests().end(),
      [](const Received& received) { return received.request.method == "DELETE"; });
  REQUIRE(deletion != rig.cluster.requests().end());
  CHECK(deletion->json()["propagationPolicy"] == "Orphan");
  CHECK(deletion->json()["preconditions"]["uid"] == uid);
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("a storage class that does not let volumes grow stops the run while everything still stands") {
  Database rig;
  rig.cluster.refuse("PersistentVolumeClaim", "data-postgres-0",
                     Reply::status_error(403, "Forbidden",
                                         "persistentvolumeclaims \"data-postgres-0\" is forbidden: only "
                                         "dynamically provisioned pvc can be resized"));
  const int deletes = rig.cluster.writes().deletes;
  const Ended run = rig.up(recreating("StatefulSet/postgres"));
  REQUIRE(run.error);
  CHECK(contains(run.error->cause, "only dynamically provisioned pvc can be resized"));
  CHECK(rig.cluster.writes().deletes == deletes);
  CHECK(rig.cluster.find("StatefulSet", "database", "postgres"));
}

TEST_CASE("a run that was killed between deletion and creation is finished by the next one without the flag") {
  Database rig;
  rig.cluster.remove("StatefulSet", "database", "postgres");
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.cluster.find("StatefulSet", "database", "postgres"));
}

TEST_CASE("a Deployment with another selector is deleted with its pods and made again, keeping its replicas") {
  Rig rig;
  rig.up();
  rig.cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 4; });
  rig.sample.order_image = "shop/order-service:v2";
  freeze(rig, "Deployment", "order-service", immutable("spec.selector", "Invalid value: {}: field is immutable"));
  const Ended refused = rig.up();
  REQUIRE(refused.error);
  CHECK(contains(refused.error->advice, "all its pods end before new ones start"));
  REQUIRE_FALSE(rig.up(recreating("Deployment/order-service")).error);
  CHECK(rig.cluster.find("Deployment", "backend", "order-service")->at("spec").at("replicas") == 4);
}

TEST_CASE("what holds data is never recreated, whatever flags say") {
  Rig rig;
  Json claim =
      R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "files", "namespace": "backend"},
                   "spec": {"resources": {"requests": {"storage": "1Gi"}}}})"_json;
  rig.sample.more = {object(project::Tier::backend, claim)};
  rig.up();
  rig.sample.more[0].manifest["spec"]["storageClassName"] = "fast";
  rig.cluster.refuse("PersistentVolumeClaim", "files",
                     immutable("spec", "Forbidden: spec is immutable after creation except resources.requests"));
  const Ended run = rig.up(recreating("PersistentVolumeClaim/files"));
  REQUIRE(run.error);
  CHECK(contains(run.error->advice, "does not recreate what holds data"));
  CHECK_FALSE(contains(run.error->advice, "--recreate"));
  CHECK(rig.cluster.find("PersistentVolumeClaim", "backend", "files"));
}

TEST_CASE("a binding to another role is recreated without a flag: nothing stops") {
  Rig rig;
  const auto binding = [](const std::string& role) {
    return object(project::Tier::backend,
                  {{"apiVersion", "rbac.authorization.k8s.io/v1"},
                   {"kind", "RoleBinding"},
                   {"metadata", {{"name", "reader"}, {"namespace", "backend"}}},
                   {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Role"}, {"name", role}}}});
  };
  rig.sample.more = {binding("a")};
  rig.up();
  rig.sample.more = {binding("b")};
  freeze(rig, "RoleBinding", "reader", immutable("roleRef", "Invalid value: {}: cannot change roleRef"));
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.cluster.find("RoleBinding", "backend", "reader")->at("roleRef").at("name") == "b");
}

TEST_CASE("an error beside the immutable field is no reason to recreate") {
  kube::ApiResult result;
  result.status = 422;
  result.body = {
      {"details",
       {{"causes", {cause("spec.selector", "field is immutable"), cause("spec.replicas", "must be positive")}}}}};
  CHECK_FALSE(deploy::is_immutable_refusal(result));
  result.body["details"]["causes"].erase(1);
  CHECK(deploy::is_immutable_refusal(result));
}

TEST_CASE("what --recreate takes is a kind and a name") {
  CHECK_NOTHROW(deploy::check_object_names("--recreate", {"StatefulSet/postgres"}));
  for (const char* name : {"postgres", "StatefulSet/", "/x", "a/b/c"})
    CHECK_THROWS_AS(deploy::check_object_names("--recreate", {name}), Error);
}

}  // namespace kforge::tests
