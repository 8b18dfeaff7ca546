// SPDX-License-Identifier: Apache-2.0
// Which pods belong to what, how they are put into words, and the index over many objects.
#include "rollout/pod_reading.hpp"
#include "tests/unit/rollout/rollout.hpp"

#include <chrono>

using namespace kforge;
using namespace kforge::tests;
using namespace kforge::rollout;

namespace {

std::vector<std::string> names_of(const std::vector<const Json*>& objects) {
  std::vector<std::string> names;
  for (const Json* each : objects) names.push_back((*each)["metadata"]["name"]);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the new pods of a deployment are those of the ReplicaSet of its revision") {
  const Json live =
      changed(deployment("orders"), {{"metadata", {{"annotations", {{"deployment.kubernetes.io/revision", "2"}}}}}});
  const Json old_set = replica_set(live, 1), new_set = replica_set(live, 2);
  const Json old_pod = pod_of(old_set), new_pod = pod_of(new_set),
             foreign = pod_of(replica_set(deployment("other"), 1));
  Surroundings around;
  around.pods = {&old_pod, &new_pod, &foreign};
  around.replica_sets = {&old_set, &new_set};
  CHECK(names_of(new_pods(live, around)) == Names{"orders-2-0"});
  CHECK(names_of(all_pods(live, around)) == Names{"orders-1-0", "orders-2-0"});
  CHECK(new_pods(unobserved(live), around).empty());  // its revision is that of the change before

  SECTION("without ReplicaSets the selector and the youngest template decide") {
    const Json youngest = changed(new_pod, {{"metadata", {{"creationTimestamp", at_second(9)}}}});
    around.replica_sets.clear();
    around.pods = {&old_pod, &youngest, &foreign};
    CHECK(names_of(all_pods(live, around)) == Names{"orders-1-0", "orders-2-0"});
    CHECK(names_of(new_pods(live, around)) == Names{"orders-2-0"});
  }
}

TEST_CASE("new pods come worst first") {
  const Json set = stateful_set("postgres", 4);
  const Json fine = pod_of(set, 0), slow = unready(pod_of(set, 1)), crashed = crashing(pod_of(set, 2), 2),
             worse = crashing(pod_of(set, 3), 9);
  Surroundings around;
  around.pods = {&fine, &slow, &crashed, &worse};
  CHECK(names_of(new_pods(set, around)) == Names{"postgres-3", "postgres-2", "postgres-1", "postgres-0"});
}

TEST_CASE("objects without UIDs are matched by kind and name") {
  Json set = stateful_set("postgres"), pod = pod_of(set);
  set["metadata"].erase("uid");
  pod["metadata"]["ownerReferences"][0].erase("uid");
  Surroundings around;
  around.pods = {&pod};
  CHECK(all_pods(set, around).size() == 1);
  CHECK(Index({&set, &pod}).around(set).pods.size() == 1);
}

TEST_CASE("a pod's state is said as kubectl says it") {
  const Json set = stateful_set("postgres");
  const Json pod = pod_of(set);
  CHECK(pod_status_word(pod) == "Running");
  CHECK(pod_status_word(pending(pod, "x")) == "Pending");
  CHECK(pod_status_word(creating(pod)) == "ContainerCreating");
  CHECK(pod_status_word(crashing(pod, 3)) == "CrashLoopBackOff");
  CHECK(pod_status_word(deleting(pod)) == "Terminating");
  CHECK(pod_status_word(evicted(pod)) == "Evicted");
  CHECK(pod_status_word(failing_init(pod, "wait", 1)) == "Init:CrashLoopBackOff");
  Json initialising = failing_init(pod, "wait", 0);
  initialising["status"]["initContainerStatuses"][0]["state"] = {{"running", {{"startedAt", origin}}}};
  CHECK(pod_status_word(initialising) == "Init:0/1");
  Json done = pod;
  done["status"]["containerStatuses"][0]["state"] = {{"terminated", {{"exitCode", 3}}}};
  CHECK(pod_status_word(done) == "ExitCode:3");
}

TEST_CASE("how a container ended is said in words") {
  const Json spec = {{"resources", {{"limits", {{"memory", "256Mi"}}}}}};
  CHECK(exit_text({{"reason", "OOMKilled"}, {"exitCode", 137}}, spec) == "out of memory at 256Mi");
  CHECK(exit_text({{"reason", "OOMKilled"}, {"exitCode", 137}}, nullptr) == "out of memory");
  CHECK(exit_text({{"reason", "Error"}, {"exitCode", 1}}, spec) == "exit code 1");
  CHECK(exit_text({{"reason", "Error"}, {"exitCode", 143}}, spec) == "exit code 143 (signal 15)");
  CHECK(exit_text({{"signal", 9}}, spec) == "killed by signal 9");
  CHECK(exit_text(Json::object(), spec) == "end unknown");
}

TEST_CASE("the last exit of a pod is the latest of its containers") {
  const Json pod = pod_of(stateful_set("postgres"));
  CHECK_FALSE(last_exit_of(pod));
  const auto exit = last_exit_of(crashing(pod, 2, 137, "OOMKilled"));
  REQUIRE(exit);
  CHECK(exit->text == "out of memory at 512Mi");
  CHECK(exit->container == "postgres");
  CHECK(exit->at == parse_rfc3339(at_second(5)));
}

TEST_CASE("restarts are counted from the baseline on") {
  const Json pod = crashing(pod_of(stateful_set("postgres")), 5);
  const Json& status = pod["status"]["containerStatuses"][0];
  const Baseline none, before{.restarts = restart_counts({&pod})};
  CHECK(restarts_since(none, pod, status) == 5);
  CHECK(restarts_since(before, pod, status) == 0);
  CHECK(restarts_of(pod) == 5);
}

TEST_CASE("a label selector is read as the API server reads it") {
  const Json labels = {{"app", "orders"}, {"tier", "backend"}};
  const auto requirement = [](std::string_view operation, Json values) {
    Json made = {{"key", "tier"}, {"operator", operation}};
    if (!values.is_null()) made["values"] = std::move(values);
    return Json{{"matchExpressions", Json::array({made})}};
  };
  CHECK(selects({{"matchLabels", {{"app", "orders"}}}}, labels));
  CHECK_FALSE(selects({{"matchLabels", {{"app", "other"}}}}, labels));
  CHECK_FALSE(selects(Json::object(), labels));
  CHECK(selects(requirement("In", Json::array({"backend", "x"})), labels));
  CHECK_FALSE(selects(requirement("NotIn", Json::array({"backend"})), labels));
  CHECK(selects(requirement("Exists", nullptr), labels));
  CHECK_FALSE(selects(requirement("DoesNotExist", nullptr), labels));
}

TEST_CASE("replica counts are read for every workload") {
  CHECK(counts_of(deployment("orders", 3))->wanted == 3);
  CHECK(counts_of(daemon_set("agent", 4))->ready == 4);
  CHECK(counts_of(stateful_set("postgres"))->updated == 3);
  CHECK(counts_of(job("migrate"))->ready == 0);
  CHECK(counts_of(bare_pod("tools"))->ready == 1);
  CHECK_FALSE(counts_of(service("orders", "orders")));
}

TEST_CASE("an index finds what belongs to an object, and nothing else") {
  const Json live = deployment("orders"), set = replica_set(live, 1), pod = pod_of(set), other = deployment("other"),
             other_set = replica_set(other, 1), other_pod = pod_of(other_set);
  const Json event = event_about(pod, "Pulling", "x"), other_event = event_about(other_pod, "Pulling", "x");
  const Json orders = service("orders", "orders"), slice = endpoint_slice(orders);
  const Index index({&live, &set, &pod, &other, &other_set, &other_pod, &event, &other_event, &orders, &slice});
  const Surroundings around = index.around(live);
  CHECK(around.pods == std::vector{&pod});
  CHECK(around.replica_sets == std::vector{&set});
  CHECK(around.events == std::vector{&event});
  CHECK(index.around(orders).workloads == std::vector{&live});
  CHECK(index.around(orders).endpoint_slices == std::vector{&slice});
}
