// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/diagnostics.hpp"
#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

using namespace kforge;
using project::Tier;

namespace {

project::OwnManifest own(Tier tier, const std::string& text) {
  return {.tier = tier, .file = "extra.yaml", .objects = yaml::parse_all("extra.yaml", text)};
}

project::Project with(Tier tier, const std::string& text) {
  project::Project project = tests::shop();
  project.manifests = {own(tier, text)};
  return project;
}

std::vector<std::string> problems_of(const project::Project& project) {
  std::vector<std::string> messages;
  try {
    tests::render_offline(project);
  } catch (const InvalidInput& error) {
    for (const Diagnostic& problem : error.diagnostics.all())
      messages.push_back(problem.place.to_string() + ": " + problem.message);
  }
  return messages;
}

constexpr const char* job = R"(
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, labels: {app: report}}
spec:
  schedule: "17 2 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: report
              image: report:v1
              env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: product-service-db, key: url}}}]
)";

}  // namespace

TEST_CASE("an own object gets its stage's namespace and the project's labels, and keeps its own") {
  const auto rendered = tests::render_offline(with(Tier::backend, job));
  const Json& made = tests::find(rendered, "CronJob", "report");
  CHECK(made["metadata"]["namespace"] == "backend");
  const Json& labels = made["metadata"]["labels"];
  CHECK(labels["app"] == "report");
  CHECK(labels["kforge.dev/project"] == "shop");
  CHECK(labels["app.kubernetes.io/managed-by"] == "kforge");
  CHECK(labels["tier"] == "backend");
  CHECK(labels.contains("applyset.kubernetes.io/part-of"));
  CHECK_FALSE(made["metadata"].contains("annotations"));
}

TEST_CASE("an own object names kforge's configuration without the hash") {
  const auto rendered = tests::render_offline(with(Tier::backend, job));
  CHECK(contains(to_text(tests::find(rendered, "CronJob", "report")),
                 string_at(tests::find(rendered, "Secret", "product-service-db"), {"metadata", "name"})));
}

TEST_CASE("a secret of the project is made where an own object names it") {
  project::Project project = with(Tier::gateway, R"(
apiVersion: v1
kind: Pod
metadata: {name: probe}
spec: {containers: [{name: probe, image: "probe:v1", envFrom: [{secretRef: {name: token}}]}]}
)");
  project.secrets["token"] = tests::generated_secret("token", {"value"});
  const auto rendered = tests::render_offline(project);
  const Json& secret = tests::find(rendered, "Secret", "token");
  CHECK(secret["metadata"]["namespace"] == "gateway");
  CHECK(tests::find(rendered, "Pod", "probe")["spec"]["containers"][0]["envFrom"][0]["secretRef"]["name"] ==
        secret["metadata"]["name"]);
}

TEST_CASE("a namespace that is given stays, cluster-scoped and unknown kinds get none") {
  const auto rendered = tests::render_offline(with(Tier::backend, R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: elsewhere}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
---
{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}}
)"));
  CHECK(tests::find(rendered, "ConfigMap", "a")["metadata"]["namespace"] == "elsewhere");
  CHECK_FALSE(tests::find(rendered, "PriorityClass", "high")["metadata"].contains("namespace"));
  CHECK_FALSE(tests::find(rendered, "Widget", "w")["metadata"].contains("namespace"));
}

TEST_CASE("an export of a cluster is stripped of what only a server sets") {
  const auto rendered = tests::render_offline(with(Tier::backend, R"(
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: legacy
    uid: 4d0e
    resourceVersion: "7"
    creationTimestamp: "2026-01-01T00:00:00Z"
    managedFields: []
    annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}"}
  spec: {ports: [{port: 80}]}
  status: {loadBalancer: {}}
)"));
  const Json& service = tests::find(rendered, "Service", "legacy");
  CHECK_FALSE(service.contains("status"));
  for (const char* field : {"uid", "resourceVersion", "creationTimestamp", "managedFields", "annotations"})
    CHECK_FALSE(service["metadata"].contains(field));
}

TEST_CASE("stringData of an own Secret becomes data, quantities take their stored spelling") {
  const auto rendered = tests::render_offline(with(Tier::backend, R"(
{apiVersion: v1, kind: Secret, metadata: {name: own}, stringData: {a: b}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: files}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}}
)"));
  CHECK(tests::secret_text(tests::find(rendered, "Secret", "own"), "a") == "b");
  CHECK_FALSE(tests::find(rendered, "Secret", "own").contains("stringData"));
  CHECK(tests::find(rendered, "PersistentVolumeClaim", "files")["spec"]["resources"]["requests"]["storage"] == "1Gi");
}

TEST_CASE("a tier that has only own objects has its namespace") {
  project::Project project = tests::one_service();
  project.manifests = {own(Tier::database, "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")};
  const auto rendered = tests::render_offline(project);
  CHECK(tests::contains(rendered, "Namespace", "database"));
  CHECK(render::state_namespace(project) == "database");
}

TEST_CASE("own objects can be patched") {
  project::Project project = with(Tier::backend, job);
  project.patches = {
      {.kind = "CronJob", .name = "report", .name_space = "", .content = yaml::parse("k", "{spec: {suspend: true}}")}};
  const auto rendered = tests::render_offline(project);
  CHECK(tests::find(rendered, "CronJob", "report")["spec"]["suspend"] == true);
}

TEST_CASE("an object that is rendered twice is refused, with both places") {
  CHECK(problems_of(with(Tier::backend, "\n{apiVersion: v1, kind: Service, metadata: {name: order-service}}\n")) ==
        std::vector<std::string>{"extra.yaml:2:1: Service 'backend/order-service' is rendered twice"});
  CHECK(problems_of(with(Tier::backend,
                         "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n"
                         "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")) ==
        std::vector<std::string>{"extra.yaml:3:1: ConfigMap 'backend/a' is rendered twice"});
}

TEST_CASE("what server-side apply would refuse is refused") {
  CHECK(problems_of(with(Tier::backend, R"({apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [
    {name: c, image: "i:1", env: [{name: X, value: "1"}, {name: X, value: "2"}]}]}})")) ==
        std::vector<std::string>{R"(extra.yaml:1:1: spec.containers[0].env has two items with {"name":"X"})"});
  CHECK(problems_of(with(Tier::backend, "{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}")) ==
        std::vector<std::string>{"extra.yaml:1:1: an object needs apiVersion, kind and metadata.name"});
  CHECK(problems_of(with(
            Tier::backend,
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {applyset.kubernetes.io/part-of: x}}}")) ==
        std::vector<std::string>{"extra.yaml:1:1: the object already belongs to an ApplySet"});
}
