// SPDX-License-Identifier: Apache-2.0
// What is refused, and in which words.
#include "tests/support/catch.hpp"
#include "tests/unit/sandbox/world.hpp"

#include <fmt/format.h>

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;

namespace {

const Json::json_pointer pod_place("/spec/template/spec"), container_place("/spec/template/spec/containers/0");

// "field: message" of each cause.
std::vector<std::string> causes(const Outcome& outcome) {
  std::vector<std::string> texts;
  for (const Json& cause : at_path(outcome.body, {"details", "causes"}))
    texts.push_back(string_at(cause, {"field"}) + ": " + string_at(cause, {"message"}));
  return texts;
}

std::vector<std::string> complaints(std::string group, std::string plural, Json object) {
  World world;
  const std::string version = plural == "horizontalpodautoscalers" ? "v2" : "v1";
  const Outcome outcome = world.create(std::move(group), version, std::move(plural), "backend", std::move(object));
  CHECK(outcome.code == 422);
  return causes(outcome);
}

// A Deployment whose container, or whose pod, differs in a field.
std::vector<std::string> of_container(const char* field, Json value) {
  Json object = deployment("orders:v1");
  object[container_place][field] = std::move(value);
  return complaints("apps", "deployments", std::move(object));
}
std::vector<std::string> of_pod(const char* field, Json value) {
  Json object = deployment("orders:v1");
  object[pod_place][field] = std::move(value);
  return complaints("apps", "deployments", std::move(object));
}

using Texts = std::vector<std::string>;
const std::string container = "spec.template.spec.containers[0].";

}  // namespace

TEST_CASE("names, labels and annotations are checked as the server checks them") {
  Json object = config_map({{"k", "v"}});
  object["metadata"] = {{"name", "Config"}, {"labels", {{"a b", "c"}, {"tier", "c!"}}}, {"annotations", {{"/x", "y"}}}};
  const Texts texts = complaints("", "configmaps", object);
  REQUIRE(texts.size() == 4);
  CHECK(texts[0].starts_with("metadata.name: Invalid value: \"Config\": a lowercase RFC 1123 subdomain must consist"));
  CHECK(texts[1].starts_with("metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric"));
  CHECK(
      texts[2].starts_with("metadata.labels: Invalid value: \"c!\": a valid label must be an empty string or consist"));
  CHECK(texts[3] == "metadata.annotations: Invalid value: \"/x\": prefix part must be non-empty");
}

TEST_CASE("a name that is missing or too long says so") {
  Json object = config_map({{"k", "v"}});
  object["metadata"].erase("name");
  CHECK(complaints("", "configmaps", object) ==
        Texts{"metadata.name: Required value: name or generateName is required"});
  object["metadata"]["name"] = std::string(254, 'x');
  CHECK(complaints("", "configmaps", object).front().ends_with("must be no more than 253 characters"));
}

TEST_CASE("what a container lacks or has too much of is refused field by field") {
  CHECK(of_container("image", "") == Texts{container + "image: Required value"});
  CHECK(of_container("ports", {{{"containerPort", 70000}}}) ==
        Texts{container + "ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"});
  CHECK(of_container("ports", {{{"containerPort", 80}, {"protocol", "ICMP"}}}) ==
        Texts{container + "ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", "
                          "\"UDP\""});
  CHECK(of_container("imagePullPolicy", "Sometimes") ==
        Texts{container + "imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", "
                          "\"IfNotPresent\", \"Never\""});
  CHECK(of_container("volumeMounts", {{{"name", "x"}, {"mountPath", "/x"}}}) ==
        Texts{container + "volumeMounts[0].name: Not found: \"x\""});
}

TEST_CASE("a variable has a name, one source, and a source that exists") {
  CHECK(of_container("env", {{{"value", "x"}}}) == Texts{container + "env[0].name: Required value"});
  const Json by_name{{"fieldRef", {{"fieldPath", "metadata.name"}}}}, by_error{{"fieldRef", {{"fieldPath", "a.b"}}}};
  CHECK(of_container("env", {{{"name", "A"}, {"value", "x"}, {"valueFrom", by_name}}}) ==
        Texts{container + "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"});
  CHECK(of_container("env", {{{"name", "A"}, {"valueFrom", by_error}}}) ==
        Texts{container + "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"a.b\": error converting fieldPath: "
                          "field label not supported: a.b"});
}

TEST_CASE("a probe does exactly one thing, at a port") {
  CHECK(of_container("livenessProbe", {{"periodSeconds", 5}}) ==
        Texts{container + "livenessProbe: Required value: must specify a handler type"});
  CHECK(of_container("livenessProbe", {{"httpGet", {{"port", 1}}}, {"tcpSocket", {{"port", 1}}}}) ==
        Texts{container + "livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"});
  CHECK(of_container("readinessProbe", {{"httpGet", {{"path", "/"}}}}) ==
        Texts{container + "readinessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive"});
}

TEST_CASE("a volume is of one kind and has a name of its own") {
  const Json empty = Json::object();
  CHECK(of_pod("volumes", {{{"name", "x"}, {"secret", {{"secretName", "s"}}}, {"emptyDir", empty}}}) ==
        Texts{"spec.template.spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type"});
  CHECK(of_pod("volumes", {{{"name", "x"}, {"emptyDir", empty}}, {{"name", "x"}, {"emptyDir", empty}}}) ==
        Texts{"spec.template.spec.volumes[1].name: Duplicate value: \"x\""});
}

TEST_CASE("a Deployment without a selector is told of its labels too, and the message has both") {
  World world;
  Json object = deployment("orders:v1");
  object["spec"].erase("selector");
  const Outcome outcome = world.create("apps", "v1", "deployments", "backend", object);
  CHECK(string_at(outcome.body, {"message"}) ==
        "Deployment.apps \"orders\" is invalid: [spec.selector: Required value, spec.template.metadata.labels: Invalid "
        "value: {\"app\":\"orders\"}: `selector` does not match template `labels`]");
}

TEST_CASE("a Recreate strategy has nothing to roll") {
  Json object = deployment("orders:v1");
  object["spec"]["strategy"] = {{"type", "Recreate"}, {"rollingUpdate", {{"maxSurge", 1}}}};
  CHECK(complaints("apps", "deployments", object) ==
        Texts{"spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"});
}

TEST_CASE("a schedule that cannot be read is refused before it is missed") {
  const Json pods{
      {"template", {{"spec", {{"restartPolicy", "Never"}, {"containers", {{{"name", "app"}, {"image", "a:1"}}}}}}}}};
  CHECK(complaints("batch", "cronjobs",
                   {{"metadata", {{"name", "nightly"}}},
                    {"spec", {{"schedule", "every day"}, {"jobTemplate", {{"spec", pods}}}}}}) ==
        Texts{"spec.schedule: Invalid value: \"every day\": expected exactly 5 fields, found 2: [every day]"});
}

TEST_CASE("an autoscaler needs a target and a maximum") {
  CHECK(complaints("autoscaling", "horizontalpodautoscalers",
                   {{"metadata", {{"name", "web"}}}, {"spec", {{"scaleTargetRef", Json::object()}}}}) ==
        Texts{"spec.maxReplicas: Required value: must be set and greater than 0",
              "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
              "spec.scaleTargetRef.kind: Required value", "spec.scaleTargetRef.name: Required value",
              "spec.scaleTargetRef.apiVersion: Invalid value: \"\": apiVersion must specify API group"});
}

TEST_CASE("ports of a Service have numbers, and names when there are several") {
  const auto service = [](Json spec) {
    return complaints("", "services", {{"metadata", {{"name", "web"}}}, {"spec", std::move(spec)}});
  };
  CHECK(service({{"ports", {{{"port", 80}}, {{"port", 81}}}}}) ==
        Texts{"spec.ports[0].name: Required value", "spec.ports[1].name: Required value"});
  CHECK(service({{"ports", {{{"port", 0}}}}}) ==
        Texts{"spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
              "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive"});
  CHECK(service({{"type", "NodePort"}, {"ports", {{{"port", 80}, {"nodePort", 80}}}}}) ==
        Texts{"spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid "
              "ports is 30000-32767"});
  CHECK(service({{"type", "ExternalName"}}) == Texts{"spec.externalName: Required value"});
}

TEST_CASE("an Ingress path is absolute and leads somewhere") {
  const Json path{{"path", "x"}, {"pathType", "Prefix"}, {"backend", Json::object()}};
  CHECK(complaints("networking.k8s.io", "ingresses",
                   {{"metadata", {{"name", "web"}}}, {"spec", {{"rules", {{{"http", {{"paths", {path}}}}}}}}}}) ==
        Texts{"spec.rules[0].http.paths[0].path: Invalid value: \"x\": must be an absolute path",
              "spec.rules[0].http.paths[0].backend: Invalid value: \"\": resource or service backend is required"});
}

TEST_CASE("a typed Secret holds what its type promises, and keys of a map are plain") {
  CHECK(complaints("", "secrets", {{"metadata", {{"name", "tls"}}}, {"type", "kubernetes.io/tls"}}) ==
        Texts{"data[tls.crt]: Required value", "data[tls.key]: Required value"});
  CHECK(complaints("", "configmaps", config_map({{"a b", "x"}}))
            .front()
            .starts_with("data[a b]: Invalid value: \"a b\": a valid config key must consist of"));
}

TEST_CASE("a claim says how large it is and how it is mounted; a rule says what it allows") {
  CHECK(complaints("", "persistentvolumeclaims", {{"metadata", {{"name", "data"}}}, {"spec", Json::object()}}) ==
        Texts{"spec.accessModes: Required value: at least 1 access mode is required",
              "spec.resources[storage]: Required value"});
  CHECK(complaints("rbac.authorization.k8s.io", "roles",
                   {{"metadata", {{"name", "reader"}}}, {"rules", {{{"apiGroups", {""}}, {"resources", {"pods"}}}}}}) ==
        Texts{"rules[0].verbs: Required value: verbs must contain at least one value"});
}

TEST_CASE("a value of the wrong type is told as Go's decoder tells it") {
  const auto refused = [](const Json::json_pointer& place, Json value) {
    World world;
    Json object = deployment("orders:v1");
    object[place] = std::move(value);
    const Outcome outcome = world.create("apps", "v1", "deployments", "backend", object);
    CHECK(outcome.code == 400);
    const std::string start = "Deployment in version \"v1\" cannot be handled as a Deployment: ";
    const std::string message = string_at(outcome.body, {"message"});
    CHECK(message.starts_with(start));
    return message.substr(std::min(start.size(), message.size()));
  };
  using P = Json::json_pointer;
  CHECK(refused(P("/spec/replicas"), "3") ==
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32");
  CHECK(refused(P("/metadata/labels"), Json::array({"a"})) ==
        "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string");
  CHECK(refused(pod_place / "containers", {{"name", "a"}}) ==
        "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type "
        "[]v1.Container");
  CHECK(refused(container_place / "resources" / "limits", {{"cpu", "lots"}}) ==
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

TEST_CASE("bytes of a Secret are base64, or say where they stop being it") {
  World world;
  const auto refused = [&](const char* text) {
    const Outcome outcome =
        world.create("", "v1", "secrets", "backend", {{"metadata", {{"name", "s"}}}, {"data", {{"a", text}}}});
    return string_at(outcome.body, {"message"});
  };
  CHECK(refused("***").ends_with("illegal base64 data at input byte 0"));
  CHECK(refused("YWJj!").ends_with("illegal base64 data at input byte 4"));
  CHECK(refused("YWI=") == "");
}

TEST_CASE("an object of another kind or version is told what it would have to be") {
  World world;
  const auto refused = [&](const char* api_version, const char* kind) {
    const Outcome outcome = world.create("", "v1", "configmaps", "backend",
                                         {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", "x"}}}});
    CHECK(outcome.code == 400);
    return string_at(outcome.body, {"message"});
  };
  CHECK(refused("v1", "Service") ==
        "Service in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Service) "
        "to (core.ConfigMap): unknown conversion");
  CHECK(refused("v2", "ConfigMap") ==
        "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version "
        "\"v2\" in scheme \"pkg/runtime/scheme.go:111\"");
}

TEST_CASE("a patch to another uid is a field error, an update of another uid a conflict") {
  World world;
  world.apply(config_target, config_map({{"k", "1"}}));
  const Outcome patched =
      world.api.patch(world.caller, config_target, PatchType::merge, R"({"metadata":{"uid":"0"}})", {});
  CHECK(patched.code == 422);
  CHECK(string_at(patched.body, {"message"}) ==
        "ConfigMap \"config\" is invalid: metadata.uid: Invalid value: \"0\": field is immutable");
  Json other = config_map({{"k", "2"}});
  other["metadata"]["uid"] = "0";
  CHECK(world.api.update(world.caller, config_target, other, {}).code == 409);
}

TEST_CASE("an object that is being deleted takes no new finalizer") {
  World world;
  Json object = config_map({{"k", "1"}});
  object["metadata"]["finalizers"] = {"example.com/hold"};
  world.create("", "v1", "configmaps", "backend", object);
  world.api.remove(world.caller, config_target, {});
  const Outcome outcome = world.api.patch(world.caller, config_target, PatchType::merge,
                                          R"({"metadata":{"finalizers":["example.com/hold","example.com/new"]}})", {});
  CHECK(outcome.code == 422);
  CHECK(causes(outcome).front() ==
        "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
        "finalizers []string{\"example.com/new\"}");
}

TEST_CASE("a Job that waits may be sent elsewhere, and run nothing else") {
  World world;
  const Target target{"batch", "v1", "jobs", "backend", "once", ""};
  const Json spec{{"restartPolicy", "Never"}, {"containers", {{{"name", "app"}, {"image", "a:1"}}}}};
  world.create("batch", "v1", "jobs", "backend",
               {{"metadata", {{"name", "once"}}}, {"spec", {{"suspend", true}, {"template", {{"spec", spec}}}}}});
  const auto patch = [&](const char* body) {
    return world.api.patch(world.caller, target, PatchType::strategic_merge, body, {});
  };
  CHECK(patch(R"({"spec":{"template":{"spec":{"nodeSelector":{"disk":"ssd"}}}}})").code == 200);
  const Outcome refused = patch(R"({"spec":{"template":{"spec":{"containers":[{"name":"app","image":"b:1"}]}}}})");
  CHECK(refused.code == 422);
  CHECK(causes(refused).front().starts_with("spec.template.spec: Invalid value: "));
}
