// SPDX-License-Identifier: Apache-2.0
// Lists as `kubectl get -o json` gave them from Kubernetes 1.36, each with one trouble, and what a person should be
// told.
#include "observe/status.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace kforge;
using namespace kforge::observe;

namespace {

// Some minutes after the recordings.
const WallTime looked_at = *parse_rfc3339("2026-11-23T18:20:00Z");

ProjectStatus status_of_file(std::string_view name, Kinds kinds = Kinds::all) {
  const std::string text = tests::repository_file(fmt::format("tests/unit/observe/data/{}.json", name));
  return status_of(kube::items_of(Json::parse(text)), Clock::time_point{}, looked_at, kinds);
}

const ObjectRow& row(const ProjectStatus& status, std::string_view kind, std::string_view name) {
  for (const ObjectRow& each : status.objects)
    if (each.object.kind.kind == kind && each.object.name == name) return each;
  FAIL("no " << kind << " " << name);
  throw std::logic_error("unreachable");
}

struct Expected {
  std::string_view file, kind, name, verdict, reason, message;
};

}  // namespace

TEST_CASE("one look at a recorded cluster says what is wrong, and what is not") {
  const auto expected = GENERATE(values<Expected>({
      {"broken-image", "Deployment", "order-service", "failed", "ImageNotFound", "image not found"},
      {"crash-loop", "Deployment", "payment-service", "failed", "CrashLoop", "crashed 11 times, exit code 1"},
      {"crash-loop", "Service", "payment-service", "waiting", "NoEndpoints", "no pod behind it is ready"},
      {"out-of-memory", "Deployment", "report-service", "failed", "OutOfMemory", "out of memory at 512Mi"},
      {"quota-exceeded", "Deployment", "order-service", "failed", "QuotaExceeded", "quota 'compute' is used up"},
      {"pod-security", "Deployment", "order-service", "failed", "PodSecurityViolation",
       "forbidden by PodSecurity 'restricted:latest'"},
      {"unschedulable", "Deployment", "search-service", "failed", "Unschedulable", "no node has room"},
      {"unschedulable", "Deployment", "gpu-service", "failed", "NoMatchingNode", "no node matches the pod's rules"},
      {"stale-observed-generation", "Deployment", "order-service", "waiting", "NotObserved",
       "change not yet seen by its controller"},
      {"scaled-to-zero", "Deployment", "batch-service", "ready", "ScaledToZero", "scaled to 0"},
      {"scaled-to-zero", "Service", "batch-service", "ready", "Ready", "exists"},
      {"stateful-set-partition", "StatefulSet", "postgres", "ready", "Ready", "3/3 pods ready"},
      {"job-failed", "Job", "migrate", "failed", "JobFailed", "the job failed (BackoffLimitExceeded), exit code 1"},
      {"missing-secret", "Deployment", "order-service", "failed", "ConfigMissing", "secret 'absent' is missing"},
      {"missing-storage-class", "StatefulSet", "postgres", "failed", "StorageClassMissing",
       "storage class 'fast' does not exist"},
      {"missing-storage-class", "PersistentVolumeClaim", "data-postgres-0", "failed", "StorageClassMissing",
       "storage class 'fast' does not exist"},
      {"service-selects-nothing", "Service", "order-service", "failed", "ServiceSelectsNothing",
       "the service's selector matches no pods"},
      {"service-selects-nothing", "Deployment", "order-service", "ready", "Ready", "2/2 pods ready"},
  }));
  INFO(expected.file << ": " << expected.kind << " " << expected.name);
  const ProjectStatus status = status_of_file(expected.file);
  const rollout::Verdict& verdict = row(status, expected.kind, expected.name).verdict;
  CHECK(to_string(verdict.state) == expected.verdict);
  CHECK(verdict.reason == expected.reason);
  CHECK(verdict.message == expected.message);
}

TEST_CASE("a healthy shop is ready in every tier, in the order of the tiers") {
  const ProjectStatus status = status_of_file("healthy-shop", Kinds::workloads);
  std::vector<std::string> seen;
  for (const ObjectRow& each : status.objects) {
    INFO(each.object.to_string());
    CHECK(to_string(each.verdict.state) == "ready");
    CHECK(each.restarts == 0);
    seen.push_back(fmt::format("{}/{} {} {}/{} {}", each.tier, each.service, each.image, each.counts->ready,
                               each.counts->wanted, each.scale));
  }
  CHECK(seen == std::vector<std::string>{"database/postgres 17.6 1/1 ", "database/postgres 17.6 1/1 ",
                                         "auth/keycloak 26.4.0 2/2 ", "backend/order-service v1.0.0 2/2 2-5",
                                         "backend/payment-service v1.0.0 2/2 2-5",
                                         "backend/product-service v1.0.0 2/2 2-5", "gateway/kong 3.9.2 2/2 "});
  CHECK(status.project == "shop");
  CHECK(status.notes == std::vector<std::string>{"Service gateway/kong: no external address yet"});
}

TEST_CASE("with every kind the healthy shop shows what it stands on, but no parts of parts") {
  const ProjectStatus status = status_of_file("healthy-shop");
  std::map<std::string, int> kinds;
  for (const ObjectRow& each : status.objects) {
    INFO(each.object.to_string() << ": " << each.verdict.message);
    CHECK(to_string(each.verdict.state) == "ready");
    ++kinds[each.object.kind.kind];
  }
  CHECK(kinds == std::map<std::string, int>{{"Deployment", 5},
                                            {"HorizontalPodAutoscaler", 3},
                                            {"Job", 1},
                                            {"Namespace", 4},
                                            {"PersistentVolumeClaim", 1},
                                            {"PodDisruptionBudget", 3},
                                            {"Service", 6},
                                            {"StatefulSet", 1}});
}

TEST_CASE("the evidence of a broken image names the image, and the pods say it too") {
  const ProjectStatus status = status_of_file("broken-image", Kinds::workloads);
  const ObjectRow& broken = row(status, "Deployment", "order-service");
  CHECK(broken.image == "missing");
  CHECK(broken.verdict.subject == "registry.example.com/shop/order-service:missing");
  CHECK(broken.verdict.evidence.find("registry.example.com/shop/order-service:missing") != std::string::npos);
  CHECK(broken.verdict.pods_affected == 1);
  REQUIRE(broken.pods.size() == 3);  // the two old ones serve on
  CHECK(std::count_if(broken.pods.begin(), broken.pods.end(), [](const PodRow& pod) { return pod.ready; }) == 2);
  CHECK(std::any_of(broken.pods.begin(), broken.pods.end(),
                    [](const PodRow& pod) { return pod.state == "ImagePullBackOff" || pod.state == "ErrImagePull"; }));
}

TEST_CASE("a restart shows in the row and its pods") {
  const ProjectStatus status = status_of_file("out-of-memory");
  const ObjectRow& broken = row(status, "Deployment", "report-service");
  REQUIRE(broken.pods.size() == 1);
  CHECK(broken.restarts > 2);
  CHECK(broken.pods[0].last_exit == "out of memory at 512Mi");
  CHECK(broken.pods[0].last_restart.has_value());
}
