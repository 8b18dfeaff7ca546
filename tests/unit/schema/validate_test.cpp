// SPDX-License-Identifier: Apache-2.0
#include "schema/validate.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace kforge;
using namespace kforge::schema;

namespace {

Diagnostics check(const std::string& text, Completeness completeness = Completeness::whole_object) {
  Diagnostics problems;
  validate(Table::embedded(), yaml::parse("own.yaml", text), completeness, problems);
  problems.sort();
  return problems;
}

// "LINE:COLUMN message | hint" of every problem, a warning marked with "?".
std::vector<std::string> problems_of(const std::string& text, Completeness completeness = Completeness::whole_object) {
  std::vector<std::string> lines;
  const Diagnostics problems = check(text, completeness);
  for (const Diagnostic& problem : problems.all()) {
    std::string line =
        std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) + " " + problem.message;
    if (problem.severity == Severity::warning) line = "? " + line;
    lines.push_back(problem.hint.empty() ? line : line + " | " + problem.hint);
  }
  return lines;
}

using Lines = std::vector<std::string>;

const std::string deployment = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders
spec:
  replicas: 2
  selector:
    matchLabels: {app: orders}
  template:
    metadata:
      labels: {app: orders}
    spec:
      containers:
        - name: orders
          image: registry.example/orders:1.0.0
)";

// The same with more lines under the container.
std::string with_container(const std::string& lines) {
  return deployment + lines;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string config_map(const std::string& lines) {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" + lines;
}

}  // namespace

TEST_CASE("objects that a real API server took have no problems") {
  const Json scenarios = Json::parse(tests::repository_file("tests/unit/schema/captured/field_sets.json"));
  for (const Json& scenario : scenarios) {
    INFO(scenario["name"].get<std::string>());
    Diagnostics problems;
    validate(Table::embedded(), yaml::from_json(scenario["steps"][0]["answer"]), Completeness::whole_object, problems);
    for (const Diagnostic& problem : problems.all()) FAIL_CHECK(problem.message);
  }
}

TEST_CASE("unknown fields are named with their path and what was meant") {
  CHECK(problems_of(deployment) == Lines{});
  CHECK(problems_of(replaced(deployment, "replicas", "replica")) ==
        Lines{"6:3 unknown field 'spec.replica' | did you mean 'replicas'?"});
  CHECK(problems_of(with_container("          imagePullPolicies: Always\n")) ==
        Lines{"16:11 unknown field 'spec.template.spec.containers[0].imagePullPolicies' | did you mean "
              "'imagePullPolicy'?"});
  CHECK(problems_of(config_map("content: {a: b}\n")) ==
        Lines{"4:1 unknown field 'content' | known here: 'apiVersion', 'binaryData', 'data', 'immutable', 'kind' and "
              "'metadata'"});
}

TEST_CASE("values of the wrong type are named in words") {
  CHECK(problems_of(replaced(deployment, "replicas: 2", "replicas: \"2\"")) ==
        Lines{"6:13 spec.replicas: expected integer, found string | remove the quotes"});
  CHECK(problems_of(replaced(deployment, "replicas: 2", "replicas: two")) ==
        Lines{"6:13 spec.replicas: expected integer, found string"});
  CHECK(problems_of(replaced(deployment, "replicas: 2", "replicas: 3000000000")) ==
        Lines{"6:13 spec.replicas: 3000000000 does not fit into 32 bits"});
  CHECK(problems_of(replaced(deployment, "replicas: 2", "replicas: 1.5")) ==
        Lines{"6:13 spec.replicas: expected integer, found number"});
  CHECK(problems_of(replaced(deployment, "replicas: 2", "paused: yes")) ==
        Lines{"6:11 spec.paused: expected boolean, found string | write true"});
  CHECK(problems_of(config_map("data: {port: 8080, on: true, none: }\n")) ==
        Lines{"4:14 data.port: expected string, found integer | put it in quotes",
              "4:24 data.on: expected string, found boolean | put it in quotes",
              "4:30 data.none: expected string, found nothing"});
  CHECK(problems_of(config_map("data: [a]\n")) == Lines{"4:7 data: expected mapping, found list"});
  CHECK(problems_of(with_container("          args: --verbose\n")) ==
        Lines{"16:17 spec.template.spec.containers[0].args: expected list, found string | list items start with '- '"});
  CHECK(problems_of(with_container("          resources: 1\n")) ==
        Lines{"16:22 spec.template.spec.containers[0].resources: expected mapping, found integer"});
  CHECK(problems_of("- a\n") == Lines{"1:1 expected an object, found list"});
}

TEST_CASE("quantities, ports, times and base64 are read") {
  CHECK(problems_of(with_container("          resources: {limits: {cpu: 500m, memory: 1Gi, pods: 2, x.y/z: 1.5}}\n")) ==
        Lines{});
  CHECK(problems_of(with_container("          resources: {limits: {cpu: 1 core}}\n")) ==
        Lines{"16:37 spec.template.spec.containers[0].resources.limits.cpu: '1 core' is not a quantity | such as 500m, "
              "2 or "
              "512Mi"});
  CHECK(problems_of(with_container("          livenessProbe: {httpGet: {port: http}, tcpSocket: {port: 80}}\n")) ==
        Lines{});
  CHECK(problems_of(with_container("          livenessProbe: {httpGet: {port: 80.5}}\n")) ==
        Lines{"16:43 spec.template.spec.containers[0].livenessProbe.httpGet.port: expected integer or string, found "
              "number"});
  CHECK(
      problems_of("apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: a}\nspec: {acquireTime: now}\n") ==
      Lines{"4:21 spec.acquireTime: 'now' is not a time | such as 2026-01-02T03:04:05Z"});
  CHECK(problems_of(config_map("binaryData: {a: AAECAw==, b: '%'}\n")) ==
        Lines{"4:30 binaryData.b: this is not base64 | encode it with base64"});
}

TEST_CASE("a problem with a secret shows neither its value nor its line") {
  const Diagnostics problems =
      check("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: hunter-2}\nstringData: {pin: 1234}\n");
  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].message == "data.key: this is not base64");
  CHECK(problems.all()[0].hint == "plain text of a Secret belongs under 'stringData'");
  for (const Diagnostic& problem : problems.all()) {
    CHECK(to_text(problem).find("hunter") == std::string::npos);
    CHECK(to_text(problem).find("1234") == std::string::npos);
    CHECK(problem.place.known());
  }
}

TEST_CASE("values outside of an enumeration are named with the choices") {
  CHECK(problems_of(with_container("          imagePullPolicy: always\n")) ==
        Lines{"16:28 unknown value 'always' of 'spec.template.spec.containers[0].imagePullPolicy' | did you mean "
              "'Always'?"});
  CHECK(
      problems_of(with_container("          imagePullPolicy: Sometimes\n")) ==
      Lines{"16:28 unknown value 'Sometimes' of 'spec.template.spec.containers[0].imagePullPolicy' | one of 'Always', "
            "'IfNotPresent' and 'Never'"});
  CHECK(
      problems_of(
          "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {accessModes: [ReadWriteOnly]}\n") ==
      Lines{"4:22 unknown value 'ReadWriteOnly' of 'spec.accessModes[0]' | did you mean 'ReadWriteOnce'?"});
}

TEST_CASE("missing required fields are reported at what lacks them") {
  CHECK(problems_of("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec: {}\n") ==
        Lines{"4:1 missing required field 'spec.selector'",
              "6:5 missing required field 'spec.template.spec.containers'"});
  CHECK(problems_of(with_container("          env:\n            - value: x\n")) ==
        Lines{"17:15 missing required field 'spec.template.spec.containers[0].env[0].name'"});
  CHECK(problems_of(replaced(deployment, "name: orders\n          image", "name: null\n          image")) ==
        Lines{"14:11 missing required field 'spec.template.spec.containers[0].name'"});
  CHECK(problems_of("metadata: {name: a}\n") ==
        Lines{"1:1 missing required field 'apiVersion'", "1:1 missing required field 'kind'"});
  CHECK(problems_of(deployment + "status: {conditions: [{}]}\n") == Lines{});
}

TEST_CASE("null stands for a field that is left out") {
  CHECK(problems_of(with_container("          env: null\n          resources: ~\n          command:\n")) == Lines{});
  CHECK(problems_of(replaced(deployment, "metadata:\n      labels",
                             "metadata:\n      creationTimestamp: null\n      labels")) == Lines{});
  CHECK(problems_of(with_container("          args: [null]\n")) ==
        Lines{"16:18 spec.template.spec.containers[0].args[0]: expected string, found nothing"});
}

TEST_CASE("list items that the server merges by may not repeat") {
  CHECK(
      problems_of(with_container("          env: [{name: A}, {name: B}, {name: A}]\n")) ==
      Lines{"16:39 spec.template.spec.containers[0].env[2] repeats [name=\"A\"] | the API server merges items by it"});
  CHECK(problems_of(with_container("          ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]\n")) ==
        Lines{});
  CHECK(problems_of(with_container("          ports: [{containerPort: 53}, {containerPort: 53, protocol: TCP}]\n")) ==
        Lines{"16:40 spec.template.spec.containers[0].ports[1] repeats [containerPort=53,protocol=\"TCP\"] | the API "
              "server "
              "merges items by it"});
  CHECK(problems_of(with_container("          args: [a, a]\n")) == Lines{});
}

TEST_CASE("kinds that Kubernetes does not have are told from custom resources") {
  const auto object = [](const std::string& api_version, const std::string& kind) {
    return problems_of("apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata: {name: a}\n");
  };
  const std::string kubernetes = "Kubernetes " + std::string(Table::embedded().kubernetes_version());
  CHECK(object("apps/v1", "Deploymnet") ==
        Lines{"2:7 " + kubernetes + " has no Deploymnet in 'apps/v1' | did you mean 'Deployment'?"});
  CHECK(object("app/v1", "Deployment") ==
        Lines{"1:13 " + kubernetes + " has no Deployment in 'app/v1' | did you mean 'apiVersion: apps/v1'?"});
  CHECK(object("v1", "Deployment") ==
        Lines{"1:13 " + kubernetes + " has no Deployment in 'v1' | did you mean 'apiVersion: apps/v1'?"});
  CHECK(object("policy/v1beta1", "PodDisruptionBudget") ==
        Lines{"1:13 " + kubernetes +
              " has no PodDisruptionBudget in 'policy/v1beta1' | did you mean 'apiVersion: policy/v1'?"});
  CHECK(object("autoscaling/v2beta2", "HorizontalPodAutoscaler") ==
        Lines{"1:13 " + kubernetes +
              " has no HorizontalPodAutoscaler in 'autoscaling/v2beta2' | did you mean 'apiVersion: "
              "autoscaling/v2'?"});
  CHECK(object("widgets/v1", "Widget") ==
        Lines{"1:13 " + kubernetes +
              " has no Widget in 'widgets/v1' | groups of custom resources have a dot in their name, "
              "such as 'example.com'"});
  CHECK(object("example.com/v1", "Widget") == Lines{});
  CHECK(object("batch.volcano.sh/v1alpha1", "Job") == Lines{});
  CHECK(object("networking.k8s.oi/v1", "Ingress") ==
        Lines{"? 1:13 " + kubernetes +
              " has no Ingress in 'networking.k8s.oi/v1' | did you mean the group "
              "'networking.k8s.io'?"});
  CHECK(object("networking.k8s.io/v1beta1", "Ingress") ==
        Lines{"? 1:13 " + kubernetes +
              " has no Ingress in 'networking.k8s.io/v1beta1' | did you mean 'apiVersion: "
              "networking.k8s.io/v1'?"});
  CHECK(object("resource.k8s.io/v1beta9", "DeviceNovelty") ==
        Lines{"? 1:13 " + kubernetes +
              " has no DeviceNovelty in 'resource.k8s.io/v1beta9' | its fields are not checked"});
}

TEST_CASE("of custom resources metadata is checked") {
  CHECK(problems_of("apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a, label: {a: b}}\nspec: {anything: "
                    "[1, {a: b}]}\n") == Lines{"3:21 unknown field 'metadata.label' | did you mean 'labels'?"});
}

TEST_CASE("the items of a list are objects of their own") {
  CHECK(problems_of("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, dta: {}}\n- 1\n") ==
        Lines{"4:37 unknown field 'dta' | did you mean 'data'?", "5:3 expected an object, found integer"});
}

TEST_CASE("a patch may leave out, delete and direct") {
  const auto patch = [](const std::string& spec) {
    return problems_of("apiVersion: apps/v1\nkind: Deployment\nspec:\n" + spec, Completeness::patch);
  };
  CHECK(patch("  replicas: 3\n") == Lines{});
  CHECK(patch("  template: {spec: {containers: [{name: app, env: [{name: A, $patch: delete}], resources: null}], "
              "nodeSelector: {a: null}}}\n") == Lines{});
  CHECK(patch("  strategy: {$retainKeys: [type], type: Recreate}\n") == Lines{});
  CHECK(patch("  template: {spec: {$setElementOrder/containers: [{name: a}], containers: [{$patch: replace}]}}\n") ==
        Lines{});
  CHECK(patch("  $patch: remove\n") ==
        Lines{"4:11 unknown value 'remove' of '$patch' | one of 'replace', 'merge' and 'delete'"});
  CHECK(patch("  $setElementOrder/container: []\n") == Lines{"4:3 '$setElementOrder/container' does not name a list"});
  CHECK(patch("  $retainKeys: type\n") == Lines{"4:16 $retainKeys: expected list, found string"});
  CHECK(patch("  template: {spec: {containers: [{image: x}]}}\n") ==
        Lines{"4:34 spec.template.spec.containers[0] has no 'name', by which a patch finds its item"});
  CHECK(patch("  replica: 3\n") == Lines{"4:3 unknown field 'spec.replica' | did you mean 'replicas'?"});
  CHECK(problems_of(deployment + "$patch: delete\n") ==
        Lines{"16:1 unknown field '$patch' | known here: 'apiVersion', 'kind', 'metadata', 'spec' and 'status'"});

  Diagnostics problems;
  const Kind* kind = Table::embedded().find({"apps", "v1", "Deployment"});
  validate(*kind, yaml::parse("patch", "spec: {replicas: x}"), Completeness::patch, problems);
  CHECK(problems.errors() == 1);
}

TEST_CASE("all problems of an object are found in one go") {
  const Lines found = problems_of(R"(apiVersion: v1
kind: Service
metadata: {name: a, anotations: {}}
spec:
  type: ClusterIp
  ports:
    - {port: "80", targetPort: http, protcol: TCP}
    - {targetPort: 1}
)");
  CHECK(found == Lines{"3:21 unknown field 'metadata.anotations' | did you mean 'annotations'?",
                       "5:9 unknown value 'ClusterIp' of 'spec.type' | did you mean 'ClusterIP'?",
                       "7:14 spec.ports[0].port: expected integer, found string | remove the quotes",
                       "7:38 unknown field 'spec.ports[0].protcol' | did you mean 'protocol'?",
                       "8:7 missing required field 'spec.ports[1].port'"});
}
