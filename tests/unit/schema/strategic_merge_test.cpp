// SPDX-License-Identifier: Apache-2.0
#include "schema/strategic_merge.hpp"

#include "base/error.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

using namespace kforge;

namespace {

Json parse(const std::string& text) {
  return yaml::to_json(yaml::parse("test.yaml", text));
}

const schema::Type* deployment() {
  return schema::Table::embedded().find({"apps", "v1", "Deployment"})->type;
}

// Patches the pod spec of a Deployment and returns it.
Json patch_pod(const std::string& pod, const std::string& patch) {
  const auto wrap = [](const std::string& text) { return Json{{"spec", {{"template", {{"spec", parse(text)}}}}}}; };
  return schema::strategic_merge(deployment(), wrap(pod), wrap(patch))["spec"]["template"]["spec"];
}

}  // namespace

TEST_CASE("maps merge, null removes, other lists are replaced") {
  CHECK(patch_pod("{nodeSelector: {a: x, b: y}, hostname: h, containers: [{name: c, args: [a, b]}]}",
                  "{nodeSelector: {b: null, c: z}, hostname: null, containers: [{name: c, args: [d]}]}") ==
        parse("{nodeSelector: {a: x, c: z}, containers: [{name: c, args: [d]}]}"));
}

TEST_CASE("containers and variables merge by name, new ones are appended") {
  CHECK(
      patch_pod(
          "{containers: [{name: app, image: a, env: [{name: A, value: '1'}, {name: B, value: '2'}]}]}",
          "{containers: [{name: app, env: [{name: B, value: '3'}, {name: C, value: '4'}]}, {name: side, image: s}]}") ==
      parse("{containers: [{name: app, image: a, env: [{name: A, value: '1'}, {name: B, value: '3'}, {name: C, value: "
            "'4'}]},"
            " {name: side, image: s}]}"));
}

TEST_CASE("ports of a container merge by their number, mounts by their path, tolerations are replaced") {
  CHECK(patch_pod(
            "{containers: [{name: a, ports: [{containerPort: 1, name: x}], volumeMounts: [{mountPath: /a, name: v}]}],"
            " tolerations: [{key: old}]}",
            "{containers: [{name: a, ports: [{containerPort: 1, name: y}, {containerPort: 2}], volumeMounts: "
            "[{mountPath: /a, name: w}]}],"
            " tolerations: [{key: new}]}") == parse("{containers: [{name: a, ports: [{containerPort: 1, name: y}, "
                                                    "{containerPort: 2}], volumeMounts: [{mountPath: /a, name: w}]}],"
                                                    " tolerations: [{key: new}]}"));
}

TEST_CASE("$patch: delete removes an item of a list, and a map") {
  CHECK(patch_pod("{containers: [{name: a}, {name: b}], securityContext: {runAsUser: 1}}",
                  "{containers: [{name: a, $patch: delete}], securityContext: {$patch: delete}}") ==
        parse("{containers: [{name: b}]}"));
}

TEST_CASE("$patch: replace replaces a map, an item and a whole list") {
  CHECK(patch_pod("{securityContext: {runAsUser: 1, runAsGroup: 2}}",
                  "{securityContext: {$patch: replace, runAsUser: 3}}") == parse("{securityContext: {runAsUser: 3}}"));
  CHECK(patch_pod("{containers: [{name: a, image: x, tty: true}]}",
                  "{containers: [{name: a, image: y, $patch: replace}]}") ==
        parse("{containers: [{name: a, image: y}]}"));
  CHECK(patch_pod("{containers: [{name: a}, {name: b}]}", "{containers: [{$patch: replace}, {name: c}]}") ==
        parse("{containers: [{name: c}]}"));
}

TEST_CASE("$retainKeys keeps only the listed keys") {
  CHECK(patch_pod("{volumes: [{name: v, emptyDir: {sizeLimit: 1Mi}}]}",
                  "{volumes: [{name: v, $retainKeys: [name, configMap], configMap: {name: c}}]}") ==
        parse("{volumes: [{name: v, configMap: {name: c}}]}"));
}

TEST_CASE("$setElementOrder orders a list, $deleteFromPrimitiveList takes values out of it") {
  CHECK(patch_pod("{initContainers: [{name: a}, {name: b}]}",
                  "{$setElementOrder/initContainers: [{name: c}, {name: b}], initContainers: [{name: c}]}") ==
        parse("{initContainers: [{name: c}, {name: b}, {name: a}]}"));
  const Json object = parse("{metadata: {finalizers: [a, b]}}");
  CHECK(schema::strategic_merge(deployment(), object,
                                parse("{metadata: {$deleteFromPrimitiveList/finalizers: [a], finalizers: [b, c]}}")) ==
        parse("{metadata: {finalizers: [b, c]}}"));
}

TEST_CASE("directives inside of new values do not stay") {
  CHECK(patch_pod("{}",
                  "{containers: [{name: a, env: [{name: X, $patch: delete}, {name: Y, value: y}]}], securityContext: "
                  "{$patch: replace, runAsUser: 1}}") ==
        parse("{containers: [{name: a, env: [{name: Y, value: y}]}], securityContext: {runAsUser: 1}}"));
}

TEST_CASE("custom resources take a JSON merge patch") {
  CHECK(schema::strategic_merge(nullptr, parse("{spec: {list: [{name: a}], x: 1, y: 2}}"),
                                parse("{spec: {list: [{name: b}], y: null}}")) ==
        parse("{spec: {list: [{name: b}], x: 1}}"));
}

TEST_CASE("mistakes are refused") {
  CHECK_THROWS_WITH(patch_pod("{containers: [{name: a}]}", "{containers: [{image: x}]}"),
                    "a list item lacks its merge key 'name'");
  CHECK_THROWS_WITH(patch_pod("{}", "{securityContext: {$patch: remove}}"), "unknown directive $patch: \"remove\"");
  CHECK_THROWS_WITH(patch_pod("{}", "{$unknown: 1}"), "unknown directive '$unknown'");
}
