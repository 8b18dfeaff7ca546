// SPDX-License-Identifier: Apache-2.0
// Rollouts that fail, hang, or are disturbed: what ends the wait, and what is said about it.
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/rig.hpp"

#include <algorithm>

namespace kforge::tests {
namespace {

using namespace std::chrono_literals;
using project::Tier;

// The pod of a Deployment shows the same status whenever the Deployment is written.
void pods_of(Rig& rig, const std::string& name, const Json& status, Milliseconds delay = 500ms) {
  rig.cluster.when_written("Deployment", name, delay, [name, status](FakeCluster& cluster, const Json& written) {
    put_pod(cluster, written, name + "-pod", status);
  });
}

const char* const not_found = "failed to pull and unpack image \"shop/order-service:v1\": not found";

Json event_about(const Json& pod, const std::string& reason, const std::string& message, WallTime time) {
  return {{"apiVersion", "v1"},
          {"kind", "Event"},
          {"metadata", {{"name", reason}, {"namespace", "backend"}}},
          {"type", "Warning"},
          {"reason", reason},
          {"message", message},
          {"count", 2},
          {"lastTimestamp", format_rfc3339(time)},
          {"involvedObject", {{"kind", "Pod"}, {"name", pod["metadata"]["name"]}, {"uid", pod["metadata"]["uid"]}}}};
}

Json a_node(const std::string& ready) {
  return {{"apiVersion", "v1"},
          {"kind", "Node"},
          {"metadata", {{"name", "node-1"}}},
          {"status", {{"conditions", {{{"type", "Ready"}, {"status", ready}}}}}}};
}

Json tainted_out() {
  return {{"phase", "Pending"},
          {"conditions",
           {{{"type", "PodScheduled"},
             {"status", "False"},
             {"reason", "Unschedulable"},
             {"message", "0/1 nodes are available: 1 node(s) had untolerated taint(s)."}}}}};
}

}  // namespace

TEST_CASE(
    "a broken image ends the run in seconds, with the evidence and the stages that were not reached "
    "(image-not-found)") {
  Rig rig({"order-service"});
  pods_of(rig, "order-service", waiting_container("ErrImagePull", not_found));
  rig.cluster.when_written("Deployment", "order-service", 2s, [&](FakeCluster& cluster, const Json&) {
    cluster.put(event_about(*cluster.find("Pod", "backend", "order-service-pod"), "Failed", "Error: ErrImagePull",
                            rig.clock.wall_time()));
  });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rollout_failed);
  CHECK(run.error->code == "KF2003");
  CHECK(rig.clock.now() - Clock::time_point{} < 30s);
  const auto diagnoses = run.told.all<deploy::Diagnosis>();
  REQUIRE(diagnoses.size() == 1);
  const deploy::Diagnosis& diagnosis = diagnoses[0];
  CHECK(diagnosis.tier == Tier::backend);
  CHECK(diagnosis.object.to_string() == "Deployment backend/order-service");
  CHECK(diagnosis.service == "order-service");
  CHECK(contains(diagnosis.verdict.evidence, "not found"));
  CHECK(diagnosis.verdict.pod == "order-service-pod");
  CHECK(diagnosis.log_lines.empty());
  CHECK(diagnosis.event_lines == std::vector<std::string>{"Failed: Error: ErrImagePull (2x)"});
  REQUIRE(diagnosis.place);
  CHECK_FALSE(diagnosis.timed_out);
  const deploy::Finished finished = run.told.all<deploy::Finished>().at(0);
  CHECK(finished.outcome == "failed");
  CHECK(finished.exit_code == 20);
  CHECK(finished.not_reached == std::vector{Tier::gateway});
  CHECK(finished.applied.size() == 16);
  const auto stages = run.told.all<deploy::StageEnded>();
  CHECK(stages.back().tier == Tier::backend);
  CHECK_FALSE(stages.back().ready);
}

TEST_CASE("a stage that failed stops all later ones (dependency-failed-skips)") {
  Rig rig({"postgres"});
  rig.cluster.when_written("StatefulSet", "postgres", 500ms, [](FakeCluster& cluster, const Json& written) {
    cluster.put({{"apiVersion", "v1"},
                 {"kind", "Pod"},
                 {"metadata",
                  {{"name", "postgres-0"},
                   {"namespace", "database"},
                   {"labels",
                    {{"app", "postgres"}, {"kforge.dev/project", "shop"}, {"controller-revision-hash", "postgres-1"}}},
                   {"ownerReferences",
                    {{{"apiVersion", "apps/v1"},
                      {"kind", "StatefulSet"},
                      {"name", "postgres"},
                      {"uid", written["metadata"]["uid"]},
                      {"controller", true}}}}}},
                 {"spec", written["spec"]["template"]["spec"]},
                 {"status", waiting_container("InvalidImageName", "couldn't parse image name")}});
    cluster.set_status("StatefulSet", "database", "postgres",
                       {{"observedGeneration", 1},
                        {"replicas", 1},
                        {"updatedReplicas", 1},
                        {"updateRevision", "postgres-1"},
                        {"currentRevision", "postgres-1"}});
  });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->code == "KF2002");
  CHECK(run.told.all<deploy::Finished>().at(0).not_reached == std::vector{Tier::backend, Tier::gateway});
  CHECK(rig.cluster.all("Deployment").empty());
  CHECK(rig.cluster.all("Job").empty());
}

TEST_CASE("a crash loop is shown with the log of the run that crashed (crash-loop)") {
  Rig rig({"order-service"});
  pods_of(rig, "order-service", waiting_container("CrashLoopBackOff", "back-off 5m0s restarting failed container", 5),
          25s);
  rig.cluster.set_log("backend", "order-service-pod", "starting again\n");
  rig.cluster.set_log("backend", "order-service-pod",
                      "listening\nmail login failed for S3cr3t-of-the-mail\nError: no database\n", true);
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rollout_failed);
  const deploy::Diagnosis diagnosis = run.told.all<deploy::Diagnosis>().at(0);
  CHECK(diagnosis.log_source == "order-service-pod, previous run");
  CHECK(diagnosis.log_lines ==
        std::vector<std::string>{"listening", "mail login failed for [redacted]", "Error: no database"});
}

TEST_CASE("without a previous log the current one has to do") {
  Rig rig({"order-service"});
  pods_of(rig, "order-service", waiting_container("CrashLoopBackOff", "back-off", 5), 25s);
  rig.cluster.set_log("backend", "order-service-pod", "starting again\n");
  const deploy::Diagnosis diagnosis = rig.up().told.all<deploy::Diagnosis>().at(0);
  CHECK(diagnosis.log_source == "order-service-pod");
  CHECK(diagnosis.log_lines == std::vector<std::string>{"starting again"});
}

TEST_CASE("a previous log that the node has thrown away is no log") {
  Rig rig({"order-service"});
  pods_of(rig, "order-service", waiting_container("CrashLoopBackOff", "back-off", 5), 25s);
  rig.cluster.set_log("backend", "order-service-pod", "Error: no database\n");
  rig.cluster.set_log("backend", "order-service-pod", "unable to retrieve container logs for containerd://fe2e6431",
                      true);
  const deploy::Diagnosis diagnosis = rig.up().told.all<deploy::Diagnosis>().at(0);
  CHECK(diagnosis.log_source == "order-service-pod");
  CHECK(diagnosis.log_lines == std::vector<std::string>{"Error: no database"});
}

TEST_CASE("siblings that fail at nearly the same time are reported together") {
  Rig rig({"order-service", "product-service"});
  pods_of(rig, "order-service", waiting_container("InvalidImageName", "bad name"), 500ms);
  pods_of(rig, "product-service", waiting_container("InvalidImageName", "bad name"), 900ms);
  const Ended run = rig.up();
  CHECK(run.told.all<deploy::Diagnosis>().size() == 2);
  CHECK(contains(run.error->what(), "order-service"));
  CHECK(contains(run.error->what(), "product-service"));
}

TEST_CASE("a crash loop stays a failure when the pod runs again for a moment") {
  Rig rig({"order-service", "product-service"});
  pods_of(rig, "product-service", waiting_container("ContainerCreating", ""));
  Json running = waiting_container("CrashLoopBackOff", "back-off 10s", 6);
  running["phase"] = "Running";
  running["containerStatuses"][0]["state"] = {{"running", {{"startedAt", "2026-01-02T03:04:05Z"}}}};
  pods_of(rig, "order-service", waiting_container("CrashLoopBackOff", "back-off 10s", 0), 500ms);
  pods_of(rig, "order-service", waiting_container("CrashLoopBackOff", "back-off 10s", 5), 25s);
  pods_of(rig, "order-service", running, 25'400ms);
  rig.cluster.set_log("backend", "order-service-pod", "cannot reach the database\n", true);
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rollout_failed);
  CHECK(rig.clock.now() - Clock::time_point{} < 30s);
  const auto diagnoses = run.told.all<deploy::Diagnosis>();
  REQUIRE(diagnoses.size() == 1);
  CHECK(diagnoses[0].verdict.code == "KF2014");
  CHECK(diagnoses[0].log_source == "order-service-pod, previous run");
}

TEST_CASE("a rollout that never finishes ends at the timeout, with what it waited for") {
  Rig rig({"order-service", "product-service"});
  deploy::UpRequest request;
  request.timeout = 60s;
  pods_of(rig, "order-service", waiting_container("ContainerCreating", ""));
  const Ended run = rig.up(request);
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::timed_out);
  CHECK(rig.clock.now() - Clock::time_point{} >= 60s);
  CHECK(rig.clock.now() - Clock::time_point{} < 61s);
  const auto diagnoses = run.told.all<deploy::Diagnosis>();
  REQUIRE(diagnoses.size() == 2);
  for (const auto& diagnosis : diagnoses) {
    CHECK(diagnosis.timed_out);
    CHECK_FALSE(diagnosis.verdict.reason.empty());
  }
  CHECK(run.told.all<deploy::Finished>().at(0).exit_code == 21);
  CHECK(run.told.ticks >= 500);
}

TEST_CASE("a Job that fails is a failed hook, with its log") {
  Rig rig({"postgres-provision-1a2b3c4d"});
  rig.cluster.when_written("Job", "", 2s, [](FakeCluster& cluster, const Json& job) {
    const std::string name = string_at(job, {"metadata", "name"});
    cluster.put({{"apiVersion", "v1"},
                 {"kind", "Pod"},
                 {"metadata",
                  {{"name", "provision-1"},
                   {"namespace", "database"},
                   {"labels", {{"kforge.dev/project", "shop"}}},
                   {"ownerReferences",
                    {{{"apiVersion", "batch/v1"},
                      {"kind", "Job"},
                      {"name", name},
                      {"uid", job["metadata"]["uid"]},
                      {"controller", true}}}}}},
                 {"spec", job["spec"]["template"]["spec"]},
                 {"status",
                  {{"phase", "Failed"},
                   {"containerStatuses",
                    {{{"name", "app"},
                      {"ready", false},
                      {"restartCount", 0},
                      {"state", {{"terminated", {{"exitCode", 3}, {"reason", "Error"}}}}}}}}}}});
    cluster.set_log("database", "provision-1", "psql: no password supplied\n");
    cluster.set_status("Job", "database", name,
                       {{"failed", 1},
                        {"conditions",
                         {{{"type", "Failed"},
                           {"status", "True"},
                           {"reason", "BackoffLimitExceeded"},
                           {"message", "Job has reached the specified backoff limit"}}}}});
  });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::hook_failed);
  CHECK(run.told.all<deploy::Finished>().at(0).exit_code == 24);
  const deploy::Diagnosis diagnosis = run.told.all<deploy::Diagnosis>().at(0);
  CHECK(diagnosis.object.kind.kind == "Job");
  CHECK(diagnosis.log_lines == std::vector<std::string>{"psql: no password supplied"});
}

TEST_CASE("an object that somebody deletes while it rolls out fails the run (object-deleted)") {
  Rig rig({"kong"});
  rig.cluster.schedule(10s, [&] { rig.cluster.remove("Deployment", "gateway", "kong"); });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->kind == ErrorKind::rollout_failed);
  CHECK(run.error->code == "KF2071");
}

TEST_CASE("an object that somebody makes again while it rolls out fails the run (object-recreated)") {
  Rig rig({"kong"});
  rig.cluster.schedule(10s, [&] {
    Json copy = *rig.cluster.find("Deployment", "gateway", "kong");
    for (const char* field : {"uid", "resourceVersion", "creationTimestamp"}) copy["metadata"].erase(field);
    rig.cluster.remove("Deployment", "gateway", "kong");
    rig.cluster.put(copy);
  });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->code == "KF2072");
}

TEST_CASE("an object that appears late in the watch is waited for, one that never does is gone") {
  Rig rig({"kong"});
  rig.cluster.when_written("Deployment", "kong", 0ms,
                           [](FakeCluster& cluster, const Json&) { cluster.remove("Deployment", "gateway", "kong"); });
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->code == "KF2071");
}

TEST_CASE("every new state of an object is told once, with its counts and its time limit") {
  Rig rig({"kong"});
  for (int ready = 0; ready <= 1; ++ready)
    rig.cluster.when_written("Deployment", "kong", (ready + 1) * 1s, [ready](FakeCluster& cluster, const Json&) {
      cluster.edit("Deployment", "gateway", "kong", [&](Json& object) {
        object["status"] = {{"observedGeneration", object["metadata"]["generation"]},
                            {"replicas", 1},
                            {"updatedReplicas", 1},
                            {"readyReplicas", ready},
                            {"availableReplicas", ready}};
      });
    });
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  std::vector<std::string> states;
  for (const auto& state : run.told.all<deploy::ObjectState>()) {
    if (state.object.to_string() != "Deployment gateway/kong") continue;
    states.push_back(std::string(rollout::to_string(state.verdict.state)) + " " + std::to_string(state.counts->ready) +
                     "/" + std::to_string(state.counts->wanted));
    CHECK(state.limit == 300s);
    CHECK(state.service == "kong");
  }
  CHECK(states.front() == "waiting 0/1");
  CHECK(states.back() == "ready 1/1");
  CHECK(std::ranges::count(states, "ready 1/1") == 1);
}

TEST_CASE("an account that may list but not watch is served by polling (namespace-only-rbac)") {
  Rig rig;
  rig.cluster.forbid("watch", "*");
  const Ended run = rig.up();
  REQUIRE_FALSE(run.error);
  CHECK(run.finished->outcome == "done");
  CHECK(rig.clock.now() - Clock::time_point{} < 20s);
}

TEST_CASE("what only explains may be invisible: without events, pods and classes the wait still works") {
  Rig rig;
  for (const char* plural : {"events", "pods", "replicasets", "storageclasses", "endpointslices",
                             "persistentvolumeclaims", "serviceaccounts"})
    rig.cluster.forbid("*", plural);
  // Looking for a lost database needs the claim.
  CHECK_FALSE(rig.up().error);
}

TEST_CASE("a node that goes away and comes back is waited for") {
  Rig rig({"order-service"});
  rig.cluster.put(a_node("Unknown"));
  pods_of(rig, "order-service", tainted_out());
  rig.cluster.when_written("Deployment", "order-service", 60s, [](FakeCluster& cluster, const Json&) {
    cluster.put(a_node("True"));
    cluster.edit("Deployment", "backend", "order-service", [](Json& object) {
      object["status"] = {{"observedGeneration", object["metadata"]["generation"]}};
      for (const char* count : {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"})
        object["status"][count] = int_at(object, {"spec", "replicas"}, 1);
    });
  });
  const Ended run = rig.up();
  CHECK_FALSE(run.error);
  const auto states = run.told.all<deploy::ObjectState>();
  CHECK(std::ranges::any_of(states, [](const auto& state) { return state.verdict.code == "KF2029"; }));
  CHECK(position(rig.lines(), {"GET /api/v1/nodes"}) >= 0);
}

TEST_CASE("as long as every pod gets a node nobody asks for the nodes, of which there may be thousands") {
  Rig rig;
  CHECK_FALSE(rig.up().error);
  CHECK(position(rig.lines(), {"/api/v1/nodes"}) == -1);
}

TEST_CASE("a service whose selector matches nothing fails its stage (svc-no-endpoints)") {
  Rig rig;
  Json typo = service("backend", "typo");
  typo["spec"]["selector"] = {{"app", "ordr-service"}};
  rig.sample.more.push_back(object(Tier::backend, typo));
  const Ended run = rig.up();
  REQUIRE(run.error);
  CHECK(run.error->code == "KF2060");
}

TEST_CASE("a service that means pods of somebody else is satisfied by them") {
  Rig rig;
  Json foreign = service("backend", "foreign");
  foreign["spec"]["selector"] = {{"app", "operator-made"}};
  rig.sample.more.push_back(object(Tier::backend, foreign));
  rig.cluster.when_written("Namespace", "backend", 0ms, [](FakeCluster& cluster, const Json&) {
    if (cluster.find("Pod", "backend", "operator-made-0")) return;
    cluster.put(
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata", {{"name", "operator-made-0"}, {"namespace", "backend"}, {"labels", {{"app", "operator-made"}}}}},
         {"status", {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}});
  });
  CHECK_FALSE(rig.up().error);
}

}  // namespace kforge::tests
