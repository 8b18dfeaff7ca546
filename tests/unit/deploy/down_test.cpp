// SPDX-License-Identifier: Apache-2.0
// What `down` takes away, in which order, and what it leaves alone.
#include "base/text.hpp"
#include "deploy/names.hpp"
#include "deploy/teardown.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using deploy::Data;
using project::Tier;

// A project that runs, with the claim that its database made.
struct Running : Rig {
  Running() : Rig({"postgres"}) {
    cluster.when_written("StatefulSet", "postgres", 10ms, [](FakeCluster& fake, const Json& set) {
      const auto replicas = int_at(set, {"spec", "replicas"});
      fake.schedule(replicas == 0 ? 5s : 0s, [&fake, replicas] {
        fake.edit("StatefulSet", "database", "postgres", [&](Json& object) {
          object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                              {"replicas", replicas},
                              {"readyReplicas", replicas},
                              {"availableReplicas", replicas},
                              {"updatedReplicas", replicas},
                              {"currentRevision", "1"},
                              {"updateRevision", "1"}};
        });
      });
      if (!fake.find("PersistentVolumeClaim", "database", "data-postgres-0"))
        fake.put(
            {{"apiVersion", "v1"},
             {"kind", "PersistentVolumeClaim"},
             {"metadata",
              {{"name", "data-postgres-0"}, {"namespace", "database"}, {"labels", {{"kforge.dev/project", "shop"}}}}},
             {"status", {{"phase", "Bound"}}}});
    });
    REQUIRE_FALSE(up().error);
    first = requests();
  }
  std::size_t first = 0;
  std::vector<std::string> deletions() const {
    std::vector<std::string> found = lines(first);
    std::erase_if(found, [](const std::string& line) { return !line.starts_with("DELETE"); });
    return found;
  }
  Ended down_with_data() {
    deploy::DownRequest request;
    request.data = Data::remove;
    return down(request);
  }
};

std::vector<std::string> names(const std::vector<kube::ObjectRef>& refs) {
  std::vector<std::string> texts;
  for (const kube::ObjectRef& ref : refs) texts.push_back(ref.to_string());
  std::ranges::sort(texts);
  return texts;
}

}  // namespace

TEST_CASE("down removes what runs and keeps the data (down-order-and-wait)") {
  Running rig;
  const Ended run = rig.down();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(run.finished->applied.size() == 15);
  CHECK(run.finished->summary.remove == 15);
  CHECK(run.finished->summary.keep == 6);
  for (const char* kind : {"Deployment", "StatefulSet", "Job", "Service", "ConfigMap", "HorizontalPodAutoscaler"})
    CHECK(rig.cluster.all(kind).empty());
  CHECK(rig.cluster.find("PersistentVolumeClaim", "database", "data-postgres-0"));
  CHECK(rig.cluster.find("Secret", "database", "kforge.shop.values"));
  CHECK(rig.cluster.all("Namespace").size() == 3);
  CHECK(string_at(*rig.cluster.find("Secret", "database", "kforge.shop"),
                  {"metadata", "annotations", deploy::group_kinds_annotation}) == "Namespace");
}

TEST_CASE(
    "down goes backwards: clients before what they use, autoscalers before their workloads, pods before their "
    "secrets") {
  Running rig;
  rig.down();
  const std::vector<std::string> lines = rig.deletions();
  const int kong = position(lines, {"deployments/kong"}), order = position(lines, {"deployments/order-service"}),
            postgres = position(lines, {"statefulsets/postgres"});
  CHECK(kong < order);
  CHECK(order < postgres);
  CHECK(position(lines, {"horizontalpodautoscalers/order-service"}) < order);
  CHECK(order < position(lines, {"services/order-service"}));
  CHECK(order < position(lines, {"secrets/order-service-db"}));
  CHECK(postgres < position(lines, {"secrets/postgres-superuser"}));
  for (const std::string& line : lines) CHECK_FALSE(contains(line, "namespaces/database?"));
}

TEST_CASE("the database is scaled down and its pods have ended before it goes") {
  Running rig;
  const Clock::time_point start = rig.clock.now();
  rig.down();
  const std::vector<std::string> lines = rig.lines(rig.first);
  const int scaled = position(lines, {"PATCH", "statefulsets/postgres", "kforge-down"}),
            removed = position(lines, {"DELETE", "statefulsets/postgres"});
  REQUIRE(scaled >= 0);
  CHECK(scaled < removed);
  CHECK(rig.cluster.requests()[rig.first + static_cast<std::size_t>(removed)].at - start >= 5s);
}

TEST_CASE("every deletion names the object's uid, and workloads wait for their pods") {
  Running rig;
  rig.down();
  int foreground = 0;
  for (std::size_t i = rig.first; i < rig.requests(); ++i) {
    const Received& received = rig.cluster.requests()[i];
    if (received.request.method != "DELETE") continue;
    CHECK_FALSE(string_at(received.json(), {"preconditions", "uid"}).empty());
    foreground += string_at(received.json(), {"propagationPolicy"}) == "Foreground" ? 1 : 0;
  }
  CHECK(foreground == 5);
}

TEST_CASE("down twice has nothing to do and writes nothing") {
  Running rig;
  rig.down();
  const int writes = rig.cluster.writes().total();
  const Ended again = rig.down();
  REQUIRE_FALSE(again.error);
  CHECK(again.finished->outcome == "nothing to do");
  CHECK(rig.cluster.writes().total() == writes);
}

TEST_CASE("up after down uses the kept passwords, and provisions the database again") {
  Running rig;
  const Json values = rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data");
  rig.down();
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Secret", "database", "kforge.shop.values")->at("data") == values);
  CHECK(rig.cluster.find("Job", "database", "postgres-provision-1a2b3c4d"));
  CHECK(rig.up().finished->outcome == "nothing to do");
}

TEST_CASE("with its data, the project disappears as a whole, its record last") {
  Running rig;
  const Ended run = rig.down_with_data();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.all("Namespace").empty());
  CHECK(rig.cluster.all("PersistentVolumeClaim").empty());
  CHECK(rig.cluster.all("Secret").empty());
  const std::vector<std::string> lines = rig.deletions();
  CHECK(position(lines, {"statefulsets/postgres"}) < position(lines, {"persistentvolumeclaims/data-postgres-0"}));
  CHECK(position(lines, {"/namespaces/backend"}) < position(lines, {"secrets/kforge.shop"}));
  CHECK(contains(lines.back(), "/api/v1/namespaces/database"));
  CHECK(rig.down_with_data().finished->outcome == "nothing to do");
}

TEST_CASE("a namespace with something of others in it stays") {
  Running rig;
  SECTION("an object") {
    rig.cluster.put(config_map("backend", "of-somebody"));
  }
  SECTION("a custom resource") {
    rig.cluster.serve(
        {.group = "example.com", .version = "v1", .kind = "Widget", .plural = "widgets", .namespaced = true});
    rig.cluster.put({{"apiVersion", "apiextensions.k8s.io/v1"},
                     {"kind", "CustomResourceDefinition"},
                     {"metadata", {{"name", "widgets.example.com"}}},
                     {"spec",
                      {{"group", "example.com"},
                       {"scope", "Namespaced"},
                       {"names", {{"kind", "Widget"}, {"plural", "widgets"}}},
                       {"versions", {{{"name", "v1"}, {"served", true}}}}}}});
    rig.cluster.put({{"apiVersion", "example.com/v1"},
                     {"kind", "Widget"},
                     {"metadata", {{"name", "blue"}, {"namespace", "backend"}}}});
  }
  SECTION("made by somebody else") {
    rig.cluster.edit("Namespace", "", "backend", [](Json& object) {
      object["metadata"]["managedFields"].push_back(
          {{"manager", "kubectl-create"},
           {"operation", "Update"},
           {"fieldsV1", {{"f:metadata", {{"f:labels", {{"f:kubernetes.io/metadata.name", Json::object()}}}}}}}});
    });
  }
  SECTION("that cannot be looked into") {
    rig.cluster.forbid("list", "rolebindings");
  }
  const Ended run = rig.down_with_data();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Namespace", "", "backend"));
  CHECK(contains(run.told.text(), "namespace 'backend' stays: "));
}

TEST_CASE("in a namespace that stays, nothing of the releases and of the lock stays, the lock last") {
  Running rig;
  rig.locks = true;
  rig.cluster.put(config_map("database", "of-somebody"));
  SECTION("a Lease that is there") {
    rig.sample.order_image = "shop/order-service:v2";
    rig.up();
    REQUIRE(rig.cluster.find("Lease", "database", "kforge-shop"));
  }
  SECTION("a Lease that down has to make") {
    REQUIRE_FALSE(rig.cluster.find("Lease", "database", "kforge-shop"));
  }
  const Ended run = rig.down_with_data();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.all("Lease").empty());
  CHECK(rig.cluster.all("Secret").empty());
  CHECK(rig.cluster.find("ConfigMap", "database", "of-somebody"));
  const std::vector<std::string> lines = rig.deletions();
  CHECK(position(lines, {"secrets/kforge.shop"}) < position(lines, {"leases/kforge-shop"}));
  CHECK(rig.down_with_data().finished->outcome == "nothing to do");
}

TEST_CASE("an account that may not delete Leases frees the lock, and everything else is gone all the same") {
  Running rig;
  rig.locks = true;
  rig.cluster.put(config_map("database", "of-somebody"));
  rig.sample.order_image = "shop/order-service:v2";
  rig.up();
  rig.cluster.forbid("delete", "leases");
  const Ended run = rig.down_with_data();
  REQUIRE_FALSE(run.error);
  CHECK(contains(run.told.text(), "Lease database/kforge-shop stays, and is free: this account may not delete it"));
  CHECK(string_at(*rig.cluster.find("Lease", "database", "kforge-shop"), {"spec", "holderIdentity"}).empty());
  CHECK(rig.cluster.all("Secret").empty());
}

TEST_CASE("a lock that somebody holds is not deleted, and --no-lock leaves it alone") {
  Running rig;
  rig.cluster.put(config_map("database", "of-somebody"));
  rig.cluster.put({{"apiVersion", "coordination.k8s.io/v1"},
                   {"kind", "Lease"},
                   {"metadata", {{"name", "kforge-shop"}, {"namespace", "database"}}},
                   {"spec",
                    {{"holderIdentity", "ci@elsewhere:1"},
                     {"leaseDurationSeconds", 60},
                     {"renewTime", format_rfc3339_micro(rig.clock.wall_time())}}}});
  rig.locks = true;
  CHECK(rig.down_with_data().error->kind == ErrorKind::lock_held);
  rig.locks = false;
  REQUIRE_FALSE(rig.down_with_data().error);
  CHECK(rig.cluster.find("Lease", "database", "kforge-shop"));
}

TEST_CASE("somebody who moves in while down works is safe") {
  Running rig;
  rig.cluster.when_deleted("Deployment", "kong", 0ms,
                           [](FakeCluster& fake, const Json&) { fake.put(config_map("backend", "newcomer")); });
  const Ended run = rig.down_with_data();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("ConfigMap", "backend", "newcomer"));
}

TEST_CASE("only objects with this project's labels are taken (down-not-owned)") {
  Running rig;
  rig.cluster.edit("Service", "backend", "product-service",
                   [](Json& object) { object["metadata"]["labels"].erase("kforge.dev/project"); });
  rig.cluster.edit("ConfigMap", "backend", "order-service-config-0a1b2c3d", [](Json& object) {
    object["metadata"]["labels"]["applyset.kubernetes.io/part-of"] = "applyset-other";
  });
  Json stranger = config_map("backend", "stranger");
  stranger["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "kforge";
  rig.cluster.put(stranger);
  REQUIRE_FALSE(rig.down().error);
  CHECK(rig.cluster.find("Service", "backend", "product-service"));
  CHECK(rig.cluster.find("ConfigMap", "backend", "order-service-config-0a1b2c3d"));
  CHECK(rig.cluster.find("ConfigMap", "backend", "stranger"));
}

TEST_CASE("objects that the project file no longer names are found by the project's record") {
  Running rig;
  rig.sample.more.push_back(object(
      Tier::gateway,
      {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "robot"}, {"namespace", "gateway"}}}}));
  rig.up();
  rig.sample.more.clear();
  rig.down();
  CHECK_FALSE(rig.cluster.find("ServiceAccount", "gateway", "robot"));
}

TEST_CASE("an object that is made again while down deletes it stays, and is no problem") {
  Running rig;
  rig.cluster.respond([&](const Received& received) -> std::optional<Reply> {
    if (received.request.method == "DELETE" && contains(received.request.path, "/deployments/kong") &&
        rig.cluster.find("Deployment", "gateway", "kong")->at("metadata").at("uid") != "other") {
      Json copy = *rig.cluster.find("Deployment", "gateway", "kong");
      copy["metadata"]["uid"] = "other";
      rig.cluster.remove("Deployment", "gateway", "kong");
      rig.cluster.put(copy);
    }
    return std::nullopt;
  });
  const Ended run = rig.down();
  REQUIRE_FALSE(run.error);
  CHECK(rig.cluster.find("Deployment", "gateway", "kong"));
  CHECK(contains(run.told.text(), "somebody made it again"));
}

TEST_CASE("a finalizer that nobody removes is named, and ends the run at its timeout (down-finalizer-stuck)") {
  Running rig;
  rig.cluster.edit("Service", "gateway", "kong", [](Json& object) {
    object["metadata"]["finalizers"] = {"service.kubernetes.io/load-balancer-cleanup"};
  });
  deploy::DownRequest request;
  request.timeout = 90s;
  const Ended run = rig.down(request);
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::timed_out);
  CHECK(std::string(run.error->what()) ==
        "Service gateway/kong is still there, held by 'service.kubernetes.io/load-balancer-cleanup'");
  const auto warnings = run.told.all<deploy::WarningText>();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].text ==
        "Service gateway/kong is not gone after 30s: held by 'service.kubernetes.io/load-balancer-cleanup'");
  const deploy::Finished finished = run.told.all<deploy::Finished>().at(0);
  CHECK(finished.exit_code == 21);
  CHECK(finished.not_reached == std::vector{Tier::backend, Tier::database});
  SECTION("once it is removed, down goes on where it stopped") {
    rig.cluster.edit("Service", "gateway", "kong", [](Json& object) { object["metadata"].erase("finalizers"); });
    REQUIRE_FALSE(rig.down().error);
    CHECK(rig.cluster.all("Deployment").empty());
  }
}

TEST_CASE("what disappears by itself is waited for") {
  Running rig;
  rig.cluster.edit("Deployment", "backend", "order-service",
                   [](Json& object) { object["metadata"]["finalizers"] = {"foregroundDeletion"}; });
  rig.cluster.when_deleted("Deployment", "order-service", 12s, [](FakeCluster& fake, const Json&) {
    fake.edit("Deployment", "backend", "order-service", [](Json& object) { object["metadata"].erase("finalizers"); });
  });
  const Clock::time_point start = rig.clock.now();
  REQUIRE_FALSE(rig.down().error);
  CHECK(rig.clock.now() - start >= 12s);
  CHECK(rig.cluster.all("Deployment").empty());
}

TEST_CASE("the plan of down names what goes and what stays, and writes nothing") {
  Running rig;
  const int writes = rig.cluster.writes().total();
  kube::Client client(rig.cluster, rig.clock, rig.processes, rig.cluster.access(), rig.environment, false);
  Recorder told;
  deploy::Session session({client, rig.clock, rig.project, rig.environment, told}, 300s);
  const deploy::Teardown plan = deploy::plan_teardown(session, deploy::applyset_of(rig.project),
                                                      rig.sample.render(Sample::local_values()), Data::keep);
  CHECK(names(plan.kept) == std::vector<std::string>{"Namespace backend", "Namespace database", "Namespace gateway",
                                                     "PersistentVolumeClaim database/data-postgres-0",
                                                     "Secret database/kforge.shop",
                                                     "Secret database/kforge.shop.values"});
  std::size_t removals = 0;
  for (const deploy::TeardownStep& step : plan.steps) removals += step.removals.size();
  CHECK(removals == 15);
  CHECK(rig.cluster.writes().total() == writes);
}

TEST_CASE("an account that may not delete is told which right is missing") {
  Running rig;
  rig.cluster.forbid("delete", "deployments", "gateway");
  const Ended run = rig.down();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::forbidden);
  CHECK(std::string(run.error->what()) == "not allowed to delete Deployment gateway/kong");
}

TEST_CASE("interrupted, down says what is gone; run again, it finishes") {
  Running rig;
  rig.cluster.signal_after(2s);
  const Ended run = rig.down();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::interrupted);
  const deploy::Finished finished = run.told.all<deploy::Finished>().at(0);
  CHECK(finished.outcome == "interrupted");
  CHECK_FALSE(finished.applied.empty());
  REQUIRE_FALSE(rig.down().error);
  CHECK(rig.cluster.all("StatefulSet").empty());
}

TEST_CASE("an ApplySet of another tool under the project's name is not taken down") {
  Running rig;
  rig.cluster.edit("Secret", "database", "kforge.shop", [](Json& object) {
    object["metadata"]["annotations"][deploy::tooling_annotation] = "kubectl/v1.36.3";
  });
  const Ended run = rig.down();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::guard_refused);
  CHECK(rig.deletions().empty());
}

}  // namespace kforge::tests
