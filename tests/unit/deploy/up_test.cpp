// SPDX-License-Identifier: Apache-2.0
// What `up` does to a cluster, step by step.
#include "base/text.hpp"
#include "deploy/names.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using deploy::Action;
using project::Tier;

std::string fields_of(const Json& object, const std::string& manager) {
  for (const Json& entry : at_path(object, {"metadata", "managedFields"}))
    if (string_at(entry, {"manager"}) == manager) return entry["fieldsV1"].dump();
  return {};
}

std::vector<Tier> tiers_of(const std::vector<deploy::StageStarted>& stages) {
  std::vector<Tier> tiers;
  for (const auto& stage : stages) tiers.push_back(stage.tier);
  return tiers;
}

}  // namespace

TEST_CASE("a first up brings the whole project up, stage by stage") {
  Rig rig;
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(run.finished->summary.create == 18);
  CHECK(run.finished->not_reached.empty());
  CHECK(run.finished->applied.size() == 18);
  CHECK(tiers_of(run.told.all<deploy::StageStarted>()) ==
        std::vector{Tier::namespaces, Tier::database, Tier::backend, Tier::gateway});
  for (const auto& stage : run.told.all<deploy::StageEnded>()) CHECK(stage.ready);
  CHECK(run.told.all<deploy::Diagnosis>().empty());
  CHECK(std::holds_alternative<deploy::Started>(run.told.events.front()));
  CHECK(std::holds_alternative<deploy::Finished>(run.told.events.back()));
}

TEST_CASE("namespaces stand before anything is written into them (ns-before-members)") {
  Rig rig;
  rig.up();
  const std::vector<std::string> lines = rig.lines();
  const int last_namespace = position(lines, {"PATCH", "/namespaces/gateway?", "force=false"});
  const int account = position(lines, {"GET", "/serviceaccounts", "watch"});
  const int first_member = position(lines, {"PATCH", "/namespaces/database/", "fieldManager"});
  REQUIRE(last_namespace >= 0);
  CHECK(last_namespace < account);
  CHECK(account < first_member);
}

TEST_CASE("every stage waits for the one before it, the Job for the database, and the autoscaler for nobody") {
  Rig rig;
  rig.up();
  const std::vector<std::string> lines = rig.lines();
  const int database = position(lines, {"PATCH", "/statefulsets/postgres?"}),
            job = position(lines, {"PATCH", "/jobs/postgres-provision"});
  const int order = position(lines, {"PATCH", "/deployments/order-service?"}),
            scaler = position(lines, {"PATCH", "/horizontalpodautoscalers/order-service"});
  const int gateway = position(lines, {"PATCH", "/deployments/kong?"});
  CHECK(database < job);
  CHECK(job < order);
  CHECK(order < scaler);
  CHECK(scaler < gateway);
  const auto at = [&](int index) {
    return rig.cluster.requests()[static_cast<std::size_t>(index)].at - Clock::time_point{};
  };
  CHECK(at(job) - at(database) >= 300ms);
  CHECK(at(order) - at(job) >= 300ms);
  CHECK(at(scaler) - at(order) < 100ms);
  CHECK(at(gateway) - at(order) >= 300ms);
}

TEST_CASE("a second up without changes writes nothing and waits for nothing (apply-idempotent)") {
  Rig rig;
  rig.up();
  const WriteCounts before = rig.cluster.writes();
  const std::size_t requests = rig.requests();
  const Ended second = rig.up();
  REQUIRE_FALSE(second.error);
  CHECK(second.finished->outcome == "nothing to do");
  CHECK(second.finished->summary.unchanged == 18);
  CHECK(second.finished->applied.empty());
  CHECK(rig.cluster.writes().total() == before.total());
  CHECK(rig.cluster.writes().dry_runs == before.dry_runs);
  // One GET for the generated values, one for the cluster's identity, one LIST for each kind in each namespace, and
  // nothing else.
  const std::vector<std::string> lines = rig.lines(requests);
  CHECK(std::ranges::count_if(lines, [](const std::string& line) {
          return contains(line, "labelSelector=kforge.dev%2Fproject%3Dshop");
        }) == static_cast<std::ptrdiff_t>(lines.size() - 2));
  CHECK(position(lines, {"watch"}) == -1);
}

TEST_CASE("when nothing differs but something is not ready, up waits for it without writing") {
  Rig rig;
  rig.up();
  const int writes = rig.cluster.writes().total();
  rig.cluster.edit("Deployment", "backend", "product-service",
                   [](Json& object) { object["status"]["availableReplicas"] = 1; });
  rig.cluster.schedule(5s, [&] {
    rig.cluster.edit("Deployment", "backend", "product-service",
                     [](Json& object) { object["status"]["availableReplicas"] = 2; });
  });
  const Clock::time_point start = rig.clock.now();
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(rig.clock.now() - start >= 5s);
  CHECK(rig.cluster.writes().total() == writes);
}

TEST_CASE("an image change updates one object and says what it restarts") {
  Rig rig;
  rig.up();
  const std::size_t first = rig.requests();
  rig.sample.product_image = "shop/product-service:v2";
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->summary.update == 1);
  CHECK(run.finished->summary.unchanged == 17);
  CHECK(run.finished->summary.restarts == std::vector<std::string>{"product-service (2 pods)"});
  CHECK(std::ranges::count_if(rig.lines(first), [](const std::string& line) {
          return line.starts_with("PATCH") && contains(line, "fieldManager=kforge&") && !contains(line, "dryRun=All");
        }) == 1);
  const auto applied = run.told.all<deploy::ObjectApplied>();
  REQUIRE(applied.size() == 1);
  CHECK(applied[0].object.to_string() == "Deployment backend/product-service");
  CHECK(applied[0].action == Action::update);
  CHECK(applied[0].detail == "image v1 -> v2");
}

TEST_CASE("scaling to zero waits until the old pods are gone (scale-to-zero)") {
  Rig rig({"product-service"});
  rig.cluster.when_written("Deployment", "product-service", 300ms, [](FakeCluster& cluster, const Json& written) {
    const auto replicas = int_at(written, {"spec", "replicas"});
    cluster.edit("Deployment", "backend", "product-service", [&](Json& object) {
      object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                          {"replicas", 2},
                          {"updatedReplicas", 2},
                          {"readyReplicas", 2},
                          {"availableReplicas", 2}};
      if (replicas == 0) object["status"]["updatedReplicas"] = object["status"]["availableReplicas"] = 0;
    });
    if (replicas == 0)
      cluster.schedule(20s, [&cluster] {
        cluster.edit("Deployment", "backend", "product-service", [](Json& object) {
          object["status"] = {{"observedGeneration", object["metadata"]["generation"]}};
        });
      });
  });
  REQUIRE_FALSE(rig.up().error);
  rig.sample.product_replicas = 0;
  const Clock::time_point start = rig.clock.now();
  REQUIRE_FALSE(rig.up().error);
  CHECK(rig.clock.now() - start >= 20s);
}

TEST_CASE("an autoscaler that changes the replicas meanwhile is left alone (out-of-band-scaling)") {
  Rig rig({"order-service"});
  rig.cluster.when_written("Deployment", "order-service", 300ms, [](FakeCluster& cluster, const Json&) {
    cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 4; });
    cluster.edit("Deployment", "backend", "order-service", [](Json& object) {
      object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                          {"replicas", 4},
                          {"updatedReplicas", 4},
                          {"readyReplicas", 4},
                          {"availableReplicas", 4}};
    });
  });
  REQUIRE_FALSE(rig.up().error);
  const int writes = rig.cluster.writes().total();
  CHECK(rig.up().finished->outcome == "nothing to do");
  CHECK(rig.cluster.writes().total() == writes);
  CHECK(rig.cluster.find("Deployment", "backend", "order-service")->at("spec").at("replicas") == 4);
}

TEST_CASE("one pod that is not ready is not ready, whatever maxUnavailable allows (maxUnavailable-not-ready)") {
  Rig rig({"kong"});
  rig.cluster.when_written("Deployment", "kong", 300ms, [](FakeCluster& cluster, const Json&) {
    cluster.edit("Deployment", "gateway", "kong", [](Json& object) {
      object["spec"]["strategy"] = {{"rollingUpdate", {{"maxUnavailable", 1}}}};
    });
    cluster.edit("Deployment", "gateway", "kong", [](Json& object) {
      object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                          {"replicas", 1},
                          {"updatedReplicas", 1},
                          {"unavailableReplicas", 1}};
    });
  });
  deploy::UpRequest request;
  request.timeout = 60s;
  const Ended run = rig.up(request);
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::timed_out);
}

TEST_CASE("a workload with an autoscaler starts with the minimum, and kforge does not keep the field") {
  Rig rig;
  std::vector<std::int64_t> seen;
  rig.cluster.when_written("Deployment", "order-service", 0ms, [&](FakeCluster&, const Json& object) {
    seen.push_back(int_at(object, {"spec", "replicas"}, -1));
  });
  rig.up();
  const Json order = *rig.cluster.find("Deployment", "backend", "order-service");
  CHECK(order.at("spec").at("replicas") == 2);
  CHECK(std::ranges::all_of(seen, [](std::int64_t replicas) { return replicas == 2; }));
  CHECK_FALSE(contains(fields_of(order, "kforge"), "f:replicas"));
  CHECK(contains(fields_of(order, "kforge-handover"), "f:replicas"));
}

TEST_CASE("a workload whose autoscaler starts with one replica is written once, for one is what the server fills in") {
  Rig rig;
  rig.sample.least_replicas = 1;
  rig.up();
  const Json order = *rig.cluster.find("Deployment", "backend", "order-service");
  CHECK_FALSE(contains(fields_of(order, "kforge"), "f:replicas"));
  CHECK(fields_of(order, "kforge-handover").empty());
}

TEST_CASE("going over to an autoscaler keeps the replicas that run") {
  Rig rig;
  rig.sample.autoscaled = false;
  rig.up();
  rig.cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 2; });
  std::vector<std::int64_t> seen;
  rig.cluster.when_written("Deployment", "order-service", 0ms, [&](FakeCluster&, const Json& object) {
    seen.push_back(int_at(object, {"spec", "replicas"}, -1));
  });
  rig.sample.autoscaled = true;
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK_FALSE(seen.empty());
  CHECK(std::ranges::all_of(seen, [](std::int64_t replicas) { return replicas == 2; }));
  CHECK_FALSE(contains(fields_of(*rig.cluster.find("Deployment", "backend", "order-service"), "kforge"), "f:replicas"));
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("going back from an autoscaler takes the field from kforge's own handover without asking") {
  Rig rig;
  rig.up();
  rig.sample.autoscaled = false;
  rig.cluster.edit("Deployment", "backend", "order-service", [](Json& object) { object["spec"]["replicas"] = 4; });
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Deployment", "backend", "order-service")->at("spec").at("replicas") == 2);
}

TEST_CASE("a field that the project file no longer has disappears") {
  Rig rig;
  rig.sample.settings["OLD"] = "1";
  rig.up();
  rig.sample.settings.erase("OLD");
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->summary.update == 1);
  CHECK(rig.cluster.find("ConfigMap", "backend", "order-service-config-0a1b2c3d")->at("data") ==
        Json{{"LOG_LEVEL", "info"}});
}

TEST_CASE("a server dry run sends nothing but dry runs (dry-run-writes-nothing)") {
  deploy::UpRequest request;
  request.dry_run = deploy::DryRun::server;
  SECTION("on an empty cluster everything would be created") {
    Rig rig;
    const Ended run = rig.up(request);
    REQUIRE_FALSE(run.error);
    CHECK(run.finished->summary.create == 18);
    CHECK(run.told.all<deploy::ObjectApplied>().size() == 18);
    CHECK(rig.cluster.writes().total() == 0);
    CHECK(rig.cluster.all("Namespace").empty());
  }
  SECTION("on a running project it says what would change") {
    Rig rig;
    rig.up();
    const int writes = rig.cluster.writes().total();
    rig.sample.product_image = "shop/product-service:v2";
    const std::size_t requests = rig.requests();
    const Ended run = rig.up(request);
    CHECK(run.finished->summary.update == 1);
    CHECK(rig.cluster.writes().total() == writes);
    for (const std::string& line : rig.lines(requests))
      if (!line.starts_with("GET")) CHECK(contains(line, "dryRun=All"));
  }
}

TEST_CASE("without waiting everything is applied, the namespaces still come first") {
  Rig rig({"postgres", "order-service", "product-service", "kong", "postgres-provision-1a2b3c4d"});
  deploy::UpRequest request;
  request.wait = deploy::Wait::no;
  const Ended run = rig.up(request);
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(rig.cluster.find("Deployment", "gateway", "kong"));
  CHECK(rig.clock.now() - Clock::time_point{} < 1s);
}

TEST_CASE("up of one service touches only it") {
  Rig rig;
  deploy::UpRequest request;
  request.services = {"product-service"};
  SECTION("its namespace has to exist") {
    const Ended run = rig.up(request);
    REQUIRE(run.error);
    CHECK(run.error->kind == ErrorKind::not_found);
    CHECK(std::string(run.error->what()) == "namespace 'backend' does not exist");
    CHECK(run.error->advice == "deploy the whole project first: `kforge up`");
    CHECK(rig.cluster.writes().total() == 0);
  }
  SECTION("other changes stay where they are, and the project's record forgets nothing") {
    rig.up();
    const Json parent = rig.cluster.find("Secret", "database", "kforge.shop")->at("metadata").at("annotations");
    rig.sample.product_image = "shop/product-service:v2";
    rig.sample.order_image = "shop/order-service:v2";
    const Ended run = rig.up(request);
    REQUIRE_FALSE(run.error);
    CHECK(run.finished->applied.size() == 1);
    CHECK(rig.cluster.find("Deployment", "backend", "order-service")
              ->at("spec")
              .at("template")
              .at("spec")
              .at("containers")[0]["image"] == "shop/order-service:v1");
    CHECK(rig.cluster.find("Secret", "database", "kforge.shop")->at("metadata").at("annotations") == parent);
  }
}

TEST_CASE("generated secrets are made once, stored once, and stay") {
  Rig rig;
  rig.up();
  const Json values = rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data");
  CHECK(values.size() == 2);
  CHECK(base64_decode(values.at("postgres-superuser.password").get<std::string>()).size() == 20);
  CHECK(rig.cluster.find("Secret", "database", "postgres-superuser-11111111")->at("data").at("password") ==
        values.at("postgres-superuser.password"));
  rig.sample.product_image = "shop/product-service:v2";
  rig.up();
  CHECK(rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data") == values);
  const std::vector<std::string> lines = rig.lines();
  CHECK(position(lines, {"POST", "/secrets"}) < position(lines, {"PATCH", "/secrets/postgres-superuser"}));
}

TEST_CASE("a value that is missing is added, the others are not touched") {
  Rig rig;
  rig.up();
  rig.cluster.edit("Secret", "database", "kforge.shop.values", [](Json& object) {
    object["data"].erase("postgres-role-order.password");
    object["data"]["other.key"] = "eA==";
  });
  const Json before = rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data");
  REQUIRE_FALSE(rig.up().error);
  const Json after = rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data");
  CHECK(after.size() == 3);
  CHECK(after.at("postgres-superuser.password") == before.at("postgres-superuser.password"));
  CHECK(after.at("other.key") == before.at("other.key"));
}

TEST_CASE("lost values are read back from the secrets that were made of them") {
  Rig rig;
  rig.up();
  const Json values = rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data");
  rig.cluster.remove("Secret", "database", "kforge.shop.values");
  SECTION("the database keeps its passwords") {
    const Ended run = rig.up();
    REQUIRE_FALSE(run.error);
    CHECK(rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data") == values);
    CHECK(run.finished->summary.unchanged == 18);
  }
  SECTION("when they cannot be, the database is not locked out") {
    rig.cluster.remove("Secret", "database", "postgres-superuser-11111111");
    const int writes = rig.cluster.writes().total();
    const Ended run = rig.up();
    REQUIRE(run.error);
    CHECK(run.error->kind == ErrorKind::guard_refused);
    CHECK(contains(run.error->cause, "'postgres-superuser/password'"));
    CHECK(contains(run.error->advice, "kforge down --delete-data"));
    CHECK(rig.cluster.writes().total() == writes);
  }
}

TEST_CASE("two runs that generate at the same time do not overwrite each other") {
  Rig rig;
  // Between reading and writing, another run stores its own values.
  rig.cluster.when_written("Namespace", "database", 0ms, [](FakeCluster& cluster, const Json&) {
    if (cluster.find("Secret", "database", "kforge.shop.values")) return;
    cluster.put({{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"metadata", {{"name", "kforge.shop.values"}, {"namespace", "database"}}},
                 {"data", {{"postgres-superuser.password", "b3RoZXI="}}}});
  });
  const Ended first = rig.up();
  REQUIRE(first.error);
  CHECK(first.error->kind == ErrorKind::conflict);
  CHECK(rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data") ==
        Json{{"postgres-superuser.password", "b3RoZXI="}});
  const Ended second = rig.up();
  REQUIRE_FALSE(second.error);
  CHECK(rig.cluster.find("Secret", "database", "postgres-superuser-11111111")->at("data").at("password") == "b3RoZXI=");
}

TEST_CASE("the ApplySet parent covers every member, and is written before them") {
  Rig rig;
  rig.up();
  const Json parent = *rig.cluster.find("Secret", "database", "kforge.shop");
  CHECK(string_at(parent, {"metadata", "annotations", deploy::group_kinds_annotation}) ==
        "ConfigMap,Deployment.apps,HorizontalPodAutoscaler.autoscaling,Job.batch,Namespace,Secret,Service,StatefulSet."
        "apps");
  CHECK(string_at(parent, {"metadata", "annotations", deploy::additional_namespaces_annotation}) == "backend,gateway");
  const std::vector<std::string> lines = rig.lines();
  CHECK(position(lines, {"PATCH", "/secrets/kforge.shop?", "fieldManager=kforge-applyset"}) <
        position(lines, {"PATCH", "/secrets/postgres-superuser"}));
}

TEST_CASE("a kind that the project no longer uses stays on the record while an object of it stands") {
  Rig rig;
  rig.sample.more.push_back(object(
      Tier::backend,
      {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "robot"}, {"namespace", "backend"}}}}));
  rig.up();
  rig.sample.more.clear();
  rig.sample.product_image = "shop/product-service:v2";
  deploy::UpRequest request;
  request.no_prune = true;
  rig.up(request);
  const auto kinds = [&] {
    return string_at(*rig.cluster.find("Secret", "database", "kforge.shop"),
                     {"metadata", "annotations", deploy::group_kinds_annotation});
  };
  CHECK(contains(kinds(), "ServiceAccount"));
  rig.cluster.remove("ServiceAccount", "backend", "robot");
  rig.up();
  CHECK_FALSE(contains(kinds(), "ServiceAccount"));
}

TEST_CASE("a Job that is done does not run again when its object has gone") {
  Rig rig;
  rig.up();
  rig.cluster.remove("Job", "database", "postgres-provision-1a2b3c4d");
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "nothing to do");
  CHECK_FALSE(rig.cluster.find("Job", "database", "postgres-provision-1a2b3c4d"));
}

TEST_CASE("a Job that failed runs again with the next up") {
  Rig rig({"postgres-provision-1a2b3c4d"});
  int runs = 0;
  rig.cluster.when_written("Job", "", 100ms, [&](FakeCluster& cluster, const Json& job) {
    const char* type = ++runs == 1 ? "Failed" : "Complete";
    cluster.set_status("Job", "database", string_at(job, {"metadata", "name"}),
                       {{"conditions", {{{"type", type}, {"status", "True"}, {"reason", "BackoffLimitExceeded"}}}}});
  });
  const Ended first = rig.up();
  REQUIRE(first.error);
  CHECK(first.error->kind == ErrorKind::hook_failed);
  CHECK(first.finished == std::nullopt);
  const Ended second = rig.up();
  REQUIRE_FALSE(second.error);
  CHECK(runs == 2);
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("a custom resource is applied once its definition is served (crd-then-cr)") {
  Rig rig;
  rig.cluster.when_written("CustomResourceDefinition", "", 300ms, [](FakeCluster& cluster, const Json&) {
    cluster.serve({.group = "example.com", .version = "v1", .kind = "Widget", .plural = "widgets", .namespaced = true});
  });
  rig.sample.more.push_back(
      object(Tier::backend, {{"apiVersion", "apiextensions.k8s.io/v1"},
                             {"kind", "CustomResourceDefinition"},
                             {"metadata", {{"name", "widgets.example.com"}}},
                             {"spec",
                              {{"group", "example.com"},
                               {"scope", "Namespaced"},
                               {"names", {{"kind", "Widget"}, {"plural", "widgets"}}},
                               {"versions", {{{"name", "v1"}, {"served", true}, {"storage", true}}}}}}}));
  rig.sample.more.push_back(object(Tier::backend, {{"apiVersion", "example.com/v1"},
                                                   {"kind", "Widget"},
                                                   {"metadata", {{"name", "blue"}, {"namespace", "backend"}}}}));
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(position(rig.lines(), {"PATCH", "/widgets/blue"}) >
        position(rig.lines(), {"PATCH", "/customresourcedefinitions/"}));
  CHECK(rig.cluster.find("Widget", "backend", "blue"));
}

TEST_CASE("warnings of the API server are passed on") {
  Rig rig;
  rig.cluster.warn("Deployment", "would violate PodSecurity \"restricted:latest\"");
  const Ended run = rig.up();
  const auto warnings = run.told.all<deploy::WarningText>();
  CHECK(std::ranges::count_if(
            warnings, [](const auto& warning) { return contains(warning.text, "would violate PodSecurity"); }) == 1);
}

TEST_CASE("the plan is the same whatever the order of the rendered objects (kind-order-deterministic)") {
  const auto writes_of = [](bool reversed) {
    Rig rig;
    const auto straight = [&](const render::SecretValues& values) { return rig.sample.render(values); };
    kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
    Recorder told;
    deploy::Session session({client, rig.clock, rig.project, rig.environment, told}, 600s);
    deploy::run_up(session, {}, {.values = Sample::local_values(), .render = [&](const render::SecretValues& values) {
                                   render::Rendered rendered = straight(values);
                                   if (reversed) std::ranges::reverse(rendered.objects);
                                   return rendered;
                                 }});
    std::vector<std::pair<Tier, std::string>> kinds;
    for (const auto& applied : told.all<deploy::ObjectApplied>())
      if (kinds.empty() || kinds.back() != std::pair(applied.tier, applied.object.kind.kind))
        kinds.emplace_back(applied.tier, applied.object.kind.kind);
    std::ranges::sort(kinds);
    return kinds;
  };
  CHECK(writes_of(false) == writes_of(true));
}

}  // namespace kforge::tests
