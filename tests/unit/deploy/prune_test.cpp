// SPDX-License-Identifier: Apache-2.0
// What the project file does not name any more: what goes, what stays, and when nothing may go.
#include "deploy/prune.hpp"

#include "base/text.hpp"
#include "deploy/leftovers.hpp"
#include "deploy/names.hpp"
#include "deploy/preparation.hpp"
#include "deploy/saved_plan.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using deploy::Category;
using project::Tier;

// A deployed project that had more objects in it.
struct Grown : Rig {
  void deploy_with(std::vector<Json> manifests) {
    for (Json& manifest : manifests) sample.more.push_back(object(Tier::backend, std::move(manifest)));
    REQUIRE_FALSE(up().error);
    sample.more.clear();
  }
  bool has(const std::string& kind, const std::string& name) const {
    return cluster.find(kind, "backend", name).has_value();
  }
};

std::optional<deploy::PlannedObject> row(const deploy::PlanResult& plan, const std::string& name) {
  const auto& objects = plan.preview.objects;
  const auto found =
      std::ranges::find_if(objects, [&](const deploy::PlannedObject& each) { return each.object.to_string() == name; });
  if (found == objects.end()) return std::nullopt;
  return *found;
}

Json claim(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "PersistentVolumeClaim"},
          {"metadata", {{"name", name}, {"namespace", "backend"}}},
          {"spec", {{"accessModes", {"ReadWriteOnce"}}, {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}};
}

Json plain_secret(const std::string& name) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata", {{"name", name}, {"namespace", "backend"}}},
          {"data", {{"key", base64_encode("value-of-it")}}}};
}

Json revision_using(const std::string& config) {
  Json pod = {{"containers", {{{"name", "app"}, {"envFrom", {{{"configMapRef", {{"name", config}}}}}}}}}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "ReplicaSet"},
          {"metadata", {{"name", "web-1"}, {"namespace", "backend"}}},
          {"spec", {{"replicas", 0}, {"template", {{"spec", pod}}}}}};
}

}  // namespace

TEST_CASE("what left the project file is planned to go, goes after success, and leaves nothing to do") {
  Grown rig;
  rig.deploy_with({config_map("backend", "extra"), deployment("backend", "worker", "shop/worker:v1")});
  const deploy::PlanResult plan = rig.plan();
  CHECK_FALSE(plan.refusal);
  CHECK(plan.preview.changes());
  CHECK(row(plan, "ConfigMap backend/extra")->category == Category::remove);
  CHECK(row(plan, "Deployment backend/worker")->category == Category::remove);
  CHECK(plan.preview.summary.remove == 2);

  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(run.finished->summary.remove == 2);
  CHECK_FALSE(rig.has("ConfigMap", "extra"));
  CHECK_FALSE(rig.has("Deployment", "worker"));
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("data, what is marked, and what has an owner stay, with the reason (prune-keeps)") {
  Grown rig;
  Json marked = config_map("backend", "marked");
  marked["metadata"]["annotations"] = {{"kforge.dev/prune", "keep"}};
  rig.deploy_with({claim("disk"),
                   plain_secret("api-key"),
                   marked,
                   config_map("backend", "owned"),
                   config_map("backend", "helms"),
                   {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "old"}}}}});
  rig.cluster.edit("ConfigMap", "backend", "owned", [](Json& object) {
    object["metadata"]["ownerReferences"] = {{{"apiVersion", "v1"}, {"kind", "Boss"}, {"name", "b"}, {"uid", "u"}}};
  });
  rig.cluster.edit("ConfigMap", "backend", "helms", [](Json& object) {
    object["metadata"]["annotations"] = {{"meta.helm.sh/release-name", "legacy"}};
  });
  const deploy::PlanResult plan = rig.plan();
  for (const auto& [name, reason] : std::map<std::string, std::string>{
           {"PersistentVolumeClaim backend/disk", "holds data; --prune PersistentVolumeClaim/disk deletes it"},
           {"Secret backend/api-key", "holds data; --prune Secret/api-key deletes it"},
           {"ConfigMap backend/marked", "annotated kforge.dev/prune: keep"},
           {"ConfigMap backend/owned", "goes with its owner, Boss b"},
           {"ConfigMap backend/helms", "managed by Helm release 'legacy'"},
           {"Namespace old", "only `kforge down --delete-data` removes namespaces"}}) {
    INFO(name);
    REQUIRE(row(plan, name));
    CHECK(row(plan, name)->category == Category::keep);
    CHECK(row(plan, name)->remark == reason);
  }
  CHECK_FALSE(plan.preview.changes());
  const int deletes = rig.cluster.writes().deletes;
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.cluster.writes().deletes == deletes);
  // What stays is found again by a later run.
  CHECK(row(rig.plan(), "Secret backend/api-key")->category == Category::keep);
}

TEST_CASE("a StatefulSet with volumes goes only when it is named") {
  Grown rig;
  const Json store = {{"apiVersion", "apps/v1"},
                      {"kind", "StatefulSet"},
                      {"metadata", {{"name", "store"}, {"namespace", "backend"}}},
                      {"spec",
                       {{"replicas", 1},
                        {"serviceName", "store"},
                        {"selector", {{"matchLabels", {{"app", "store"}}}}},
                        {"template", {{"metadata", {{"labels", {{"app", "store"}}}}}}},
                        {"volumeClaimTemplates", {{{"metadata", {{"name", "data"}}}}}}}}};
  rig.deploy_with({store});
  CHECK(row(rig.plan(), "StatefulSet backend/store")->category == Category::keep);
  deploy::UpRequest request;
  request.prune = {"StatefulSet/store"};
  CHECK(row(rig.plan(request), "StatefulSet backend/store")->category == Category::remove);
  REQUIRE_FALSE(rig.up(request).error);
  CHECK_FALSE(rig.has("StatefulSet", "store"));
}

TEST_CASE("naming what is not there, or what others own, is an error") {
  Grown rig;
  rig.deploy_with({config_map("backend", "extra")});
  deploy::UpRequest request;
  request.prune = {"Secret/nothing"};
  CHECK(rig.up(request).error->kind == ErrorKind::not_found);
  rig.cluster.edit("ConfigMap", "backend", "extra", [](Json& object) {
    object["metadata"]["annotations"] = {{"argocd.argoproj.io/tracking-id", "x"}};
  });
  request.prune = {"ConfigMap/extra"};
  CHECK(rig.up(request).error->kind == ErrorKind::guard_refused);
  CHECK(rig.has("ConfigMap", "extra"));
}

TEST_CASE("old hashed configuration stays while a revision names it, and goes with that") {
  Grown rig;
  rig.sample.more = {object(Tier::backend, config_map("backend", "web-config-11111111"))};
  REQUIRE_FALSE(rig.up().error);
  rig.sample.more = {object(Tier::backend, config_map("backend", "web-config-22222222"))};
  rig.cluster.put(revision_using("web-config-11111111"));
  const deploy::PlannedObject old = *row(rig.plan(), "ConfigMap backend/web-config-11111111");
  CHECK(old.category == Category::keep);
  CHECK(old.routine);
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.has("ConfigMap", "web-config-11111111"));
  rig.cluster.remove("ReplicaSet", "backend", "web-1");
  REQUIRE_FALSE(rig.up().error);
  CHECK_FALSE(rig.has("ConfigMap", "web-config-11111111"));
  CHECK(rig.has("ConfigMap", "web-config-22222222"));
}

TEST_CASE("a run for some services, --no-prune and --no-wait delete nothing") {
  Grown rig;
  rig.deploy_with({config_map("backend", "extra")});
  deploy::UpRequest request;
  SECTION("some services") {
    request.services = {"order-service"};
  }
  SECTION("--no-prune") {
    request.no_prune = true;
  }
  SECTION("--no-wait") {
    request.wait = deploy::Wait::no;
  }
  REQUIRE_FALSE(rig.up(request).error);
  CHECK(rig.has("ConfigMap", "extra"));
  REQUIRE_FALSE(rig.up().error);
  CHECK_FALSE(rig.has("ConfigMap", "extra"));
}

TEST_CASE(
    "a file that describes nothing, and one that drops most, is a mistake until it is confirmed (empty-render-guard)") {
  Grown rig;
  std::string why;
  SECTION("nothing runs any more") {
    rig.deploy_with({});
    rig.sample.nothing = true;
    why = "the project file describes nothing that runs any more";
  }
  SECTION("more than half") {
    std::vector<Json> many;
    for (int i = 0; i < 30; ++i) many.push_back(config_map("backend", "extra-" + std::to_string(i)));
    rig.deploy_with(many);
    why = "this would delete 30 of the project's ";
  }
  const int writes = rig.cluster.writes().total();
  const deploy::PlanResult plan = rig.plan();
  REQUIRE(plan.refusal);
  CHECK(plan.refusal->kind == ErrorKind::guard_refused);
  const Ended refused = rig.up();
  REQUIRE(refused.error);
  INFO(refused.error->what());
  CHECK(contains(refused.error->what(), why));
  CHECK(contains(refused.error->advice, "--allow-mass-prune"));
  CHECK(rig.cluster.writes().total() == writes);
  deploy::UpRequest request;
  request.allow_mass_prune = true;
  CHECK_FALSE(rig.up(request).error);
}

TEST_CASE("what cannot be deleted stays on the record, and the next run goes on (prune-superset-on-failure)") {
  Grown rig;
  rig.deploy_with({config_map("backend", "extra"), deployment("backend", "worker", "shop/worker:v1")});
  rig.cluster.refuse("ConfigMap", "extra", Reply::status_error(500, "InternalError", "boom"));
  CHECK(rig.up().error);
  CHECK(rig.has("ConfigMap", "extra"));
  rig.cluster.accept("ConfigMap", "extra");
  REQUIRE_FALSE(rig.up().error);
  CHECK_FALSE(rig.has("ConfigMap", "extra"));
  CHECK_FALSE(rig.has("Deployment", "worker"));
}

TEST_CASE("a list that the account may not see means that nothing is deleted") {
  Grown rig;
  Json role = {{"apiVersion", "rbac.authorization.k8s.io/v1"},
               {"kind", "Role"},
               {"metadata", {{"name", "reader"}, {"namespace", "backend"}}},
               {"rules", Json::array()}};
  rig.deploy_with({role, config_map("backend", "extra")});
  rig.cluster.forbid("list", "roles", "backend");
  const deploy::PlanResult plan = rig.plan();
  CHECK(row(plan, "ConfigMap backend/extra")->category == Category::keep);
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.has("ConfigMap", "extra"));
  CHECK(contains(string_at(*rig.cluster.find("Secret", "database", "kforge.shop"),
                           {"metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds"}),
                 "Role.rbac.authorization.k8s.io"));
}

TEST_CASE("between plan and delete an object may change hands, and then it stays (prune-uid-guard)") {
  Grown rig;
  rig.deploy_with({config_map("backend", "again"), config_map("backend", "freed"), config_map("backend", "marked"),
                   config_map("backend", "plain")});
  Recorder told;
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  deploy::Session session({client, rig.clock, rig.project, rig.environment, told}, Milliseconds{60'000});
  const deploy::ApplySet set = deploy::applyset_of(rig.project);
  const deploy::Prepared prepared = deploy::prepare(session, set, rig.input(), {});
  Json again = *rig.cluster.find("ConfigMap", "backend", "again");
  for (const char* field : {"uid", "resourceVersion"}) again["metadata"].erase(field);
  rig.cluster.remove("ConfigMap", "backend", "again");
  rig.cluster.put(again);
  rig.cluster.edit("ConfigMap", "backend", "freed", [](Json& object) { object["metadata"].erase("labels"); });
  rig.cluster.edit("ConfigMap", "backend", "marked",
                   [](Json& object) { object["metadata"]["annotations"]["kforge.dev/prune"] = "keep"; });
  const deploy::Pruned pruned = deploy::prune(session, set, prepared.plan, {});
  CHECK(pruned.gone.size() == 1);
  CHECK(pruned.kept.size() == 3);
  CHECK_FALSE(rig.has("ConfigMap", "plain"));
  CHECK(contains(told.text(), "ConfigMap backend/again stays: somebody deleted it and made it again"));
  CHECK(contains(told.text(), "ConfigMap backend/freed stays: somebody took it out of the project"));
  CHECK(contains(told.text(), "ConfigMap backend/marked stays: annotated kforge.dev/prune: keep"));
}

TEST_CASE("custom resources whose kind left the project file are found and deleted") {
  Grown rig;
  rig.cluster.serve({.group = "shop.example", .version = "v1", .kind = "Widget", .plural = "widgets"});
  rig.deploy_with({{{"apiVersion", "shop.example/v1"},
                    {"kind", "Widget"},
                    {"metadata", {{"name", "one"}, {"namespace", "backend"}}}}});
  REQUIRE_FALSE(rig.up().error);
  CHECK_FALSE(rig.has("Widget", "one"));
}

TEST_CASE("a saved plan covers what it deletes") {
  Grown rig;
  rig.deploy_with({config_map("backend", "extra")});
  deploy::UpRequest request;
  deploy::restore_request(rig.plan().saved, request);
  SECTION("unmoved") {
    REQUIRE_FALSE(rig.up(request).error);
    CHECK_FALSE(rig.has("ConfigMap", "extra"));
  }
  SECTION("it is kept now") {
    rig.cluster.edit("ConfigMap", "backend", "extra",
                     [](Json& object) { object["metadata"]["annotations"]["kforge.dev/prune"] = "keep"; });
    CHECK(rig.up(request).error->kind == ErrorKind::conflict);
    CHECK(rig.has("ConfigMap", "extra"));
  }
}

TEST_CASE("names with a hash of their content are known by it") {
  CHECK(deploy::name_without_hash("order-service-config-7791e868") == "order-service-config");
  for (const char* name : {"order-service", "config-7791e86", "7791e868", "-7791e868", "config-7791E868"})
    CHECK(deploy::name_without_hash(name).empty());
}

}  // namespace kforge::tests
