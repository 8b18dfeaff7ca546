// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/project/text.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

using Problems = std::vector<std::string>;

// Problems of one manifest file.
Problems problems_in(const std::string& manifest) {
  const TempDir folder;
  folder.write("a.yaml", manifest);
  return problems_of(small("manifests: [a.yaml]\n"), {.directory = folder.path()});
}

Problems problems_of_patch(const std::string& patch) {
  return problems_of(small("patches:\n- " + patch + "\n"));
}

bool has(const Problems& problems, const std::string& part) {
  return std::any_of(problems.begin(), problems.end(),
                     [&](const std::string& problem) { return problem.find(part) != std::string::npos; });
}

TEST_CASE("own objects need an identity") {
  CHECK(problems_in("a: b\n") == Problems{"1:1 error: an object without 'apiVersion'",
                                          "1:1 error: an object without 'kind'",
                                          "1:1 error: an object without 'metadata.name'"});
  CHECK(problems_in("- a\n") == Problems{"1:1 error: this is no Kubernetes object: not a mapping"});
  CHECK(problems_in("apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n") ==
        Problems{"1:1 error: an object without 'metadata.name'"});
}

TEST_CASE("no object goes into a namespace that Kubernetes keeps for itself, and none of these is a project's") {
  for (const char* name : {"kube-system", "kube-public", "kube-node-lease", "kube-flannel"}) {
    const std::string refused = fmt::format("error: Kubernetes keeps the namespace '{}' for itself", name);
    CHECK(problems_in(fmt::format("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: {}\n", name)) ==
          Problems{"5:14 " + refused});
    CHECK(problems_in(fmt::format("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {}}}\n", name)) ==
          Problems{"3:18 " + refused});
  }
  CHECK(problems_in("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n").empty());
  CHECK(problems_in("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-system}\n").empty());
}

TEST_CASE("own objects are checked against the kinds of Kubernetes") {
  const Problems found = problems_in(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  replcas: 2\n  selector: {matchLabels: {a: "
      "b}}\n  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("5:3 error: "));
  CHECK(has(found, "replcas"));
}

TEST_CASE("a kind that a group of Kubernetes does not have is a mistake, others are custom resources") {
  const Problems found = problems_in("apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("2:7 error: Kubernetes v1."));
  CHECK(found[0].ends_with("has no Deploymnt in 'apps/v1'"));
  CHECK(problems_in("apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}\n")
            .at(0)
            .starts_with("1:13 error: "));
  CHECK(problems_in("apiVersion: example.com/v1\nkind: Anything\nmetadata: {name: a}\nspec: {x: [1]}\n").empty());
}

TEST_CASE("the items of a List are objects of their own, and none stands there twice") {
  const std::string item = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
  CHECK(problems_in("apiVersion: v1\nkind: List\nitems: [" + item + "]\n").empty());
  CHECK(problems_in("apiVersion: v1\nkind: List\nitems:\n- " + item + "\n- " + item + "\n") ==
        Problems{"5:3 error: ConfigMap 'a' stands in a.yaml:4:3 already"});
}

TEST_CASE("numbers that readers take for different ones are refused") {
  const std::string pod =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: b}]\n  volumes: [{name: "
      "v, secret: {secretName: s, defaultMode: ";
  CHECK(problems_in(pod + "0440}}]\n") == Problems{"6:60 error: 0440 is octal to some readers and decimal to others"});
  CHECK(problems_in(pod + "288}}]\n").empty());
  CHECK(problems_in(pod + "0o440}}]\n").empty());
}

TEST_CASE("patches are checked against the kind that they name") {
  CHECK(problems_of_patch("{kind: Deployment, name: a, patch: {spec: {paused: true}}}").empty());
  CHECK(problems_of_patch("{kind: HorizontalPodAutoscaler, name: a, patch: {spec: {behavior: {scaleDown: "
                          "{stabilizationWindowSeconds: 60}}}}}")
            .empty());
  CHECK(problems_of_patch("{kind: Deployment, name: a, patch: {spec: {template: {spec: {dnsPolicy: null}}}}}").empty());
  const Problems found = problems_of_patch("{kind: Deployment, name: a, patch: {spec: {pausd: true}}}");
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("6:46 error: "));
  CHECK(problems_of_patch("{kind: Deploymnt, name: a, patch: {}}") ==
        Problems{"6:10 error: there is no kind 'Deploymnt'"});
}

}  // namespace
}  // namespace kforge::tests
