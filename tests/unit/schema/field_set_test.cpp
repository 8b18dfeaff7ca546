// SPDX-License-Identifier: Apache-2.0
#include "schema/field_set.hpp"

#include "schema/merge.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/golden.hpp"

using namespace kforge;
using namespace kforge::schema;

namespace {

FieldSet set_of(const char* fields) {
  return parse_fields_v1(Json::parse(fields));
}

const FieldSet nested = set_of(R"({"f:metadata":{"f:labels":{"f:app":{}}},
                                   "f:spec":{".":{},"f:replicas":{},"f:ports":{"k:{\"port\":80}":{".":{},"f:name":{}}}}})");

}  // namespace

TEST_CASE("applied configurations of every usual kind own exactly what kube-apiserver records") {
  const Json scenarios = Json::parse(tests::repository_file("tests/unit/schema/captured/field_sets.json"));
  CHECK(scenarios.size() > 35);
  for (const Json& scenario : scenarios) {
    INFO(scenario["name"].get<std::string>());
    const Json& step = scenario["steps"][0];
    const Kind* kind = Table::embedded().find(kind_name(step["body"]));
    REQUIRE(kind != nullptr);
    const FieldSet ours = field_set_of(kind, step["body"]);
    const std::vector<ManagedEntry> entries = managed_fields_of(step["answer"]);
    REQUIRE(!entries.empty());
    CHECK(entries[0].manager == "kforge");
    CHECK(paths_of(subtract(ours, entries[0].fields)) == std::vector<std::string>{});
    CHECK(paths_of(subtract(entries[0].fields, ours)) == std::vector<std::string>{});
  }
}

TEST_CASE("FieldsV1 is read and written") {
  CHECK(nested.children.at("f:spec").member);
  CHECK_FALSE(nested.children.at("f:metadata").member);
  CHECK(parse_fields_v1(to_fields_v1(nested)) == nested);
  CHECK(to_fields_v1(nested)["f:spec"]["f:ports"]["k:{\"port\":80}"] == Json::parse(R"({".":{},"f:name":{}})"));
  CHECK(to_fields_v1(nested)["f:spec"]["f:replicas"] == Json::object());
  CHECK(set_of(R"({})").empty());
  CHECK(parse_fields_v1(Json()).empty());
  CHECK(set_of(R"({"x:later":{},"f:a":{}})") == set_of(R"({"f:a":{}})"));
  CHECK(set_of(R"({"k:{\"name\":\"a\\u003cb\"}":{}})") == set_of(R"({"k:{\"name\":\"a<b\"}":{}})"));
}

TEST_CASE("sets are united, subtracted and intersected path by path") {
  const FieldSet replicas = set_of(R"({"f:spec":{"f:replicas":{}}})");
  const FieldSet spec = set_of(R"({"f:spec":{}})");
  CHECK(unite(replicas, spec) == set_of(R"({"f:spec":{".":{},"f:replicas":{}}})"));
  CHECK(intersect(nested, replicas) == replicas);
  CHECK(intersect(spec, replicas).empty());
  CHECK(subtract(replicas, spec) == replicas);
  CHECK(subtract(nested, nested).empty());
  CHECK(subtract(nested, replicas) == set_of(R"({"f:metadata":{"f:labels":{"f:app":{}}},
      "f:spec":{".":{},"f:ports":{"k:{\"port\":80}":{".":{},"f:name":{}}}}})"));
  CHECK(subtract_trees(nested, spec) == set_of(R"({"f:metadata":{"f:labels":{"f:app":{}}}})"));
  CHECK(subtract_trees(replicas, nested).empty());
}

TEST_CASE("paths read as the server writes them") {
  CHECK(paths_of(nested) == std::vector<std::string>{"spec", "metadata.labels.app", "spec.replicas",
                                                     "spec.ports[port=80]", "spec.ports[port=80].name"});
  CHECK(paths_of(set_of(R"({"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}}})")) ==
        std::vector<std::string>{"metadata.finalizers[=\"a/b\"]"});
  CHECK(element_text("k:{\"containerPort\":80,\"protocol\":\"TCP\"}") == "[containerPort=80,protocol=\"TCP\"]");
  CHECK(element_text("i:3") == "[3]");
  CHECK(paths_of({}).empty());
}

TEST_CASE("an item is found by its keys, its value or its place") {
  const Json ports =
      Json::parse(R"([{"containerPort":53,"name":"a"},{"containerPort":53,"protocol":"UDP","name":"b"}])");
  CHECK((*find_item(ports, R"(k:{"containerPort":53,"protocol":"UDP"})"))["name"] == "b");
  CHECK((*find_item(ports, R"(k:{"containerPort":53,"protocol":"TCP"})"))["name"] == "a");
  CHECK(find_item(ports, R"(k:{"containerPort":54,"protocol":"TCP"})") == nullptr);
  CHECK(find_item(ports, R"(k:{"protocol":"SCTP"})") == nullptr);
  CHECK(*find_item(Json{"x", "y"}, "v:\"y\"") == "y");
  CHECK(find_item(Json{"x", "y"}, "v:\"z\"") == nullptr);
  CHECK(*find_item(Json{"x", "y"}, "i:1") == "y");
  CHECK(find_item(Json{"x"}, "i:1") == nullptr);
  CHECK(find_item(Json{"x"}, "i:one") == nullptr);
  CHECK(find_item(Json::object(), "i:0") == nullptr);
  CHECK(find_item(ports, "k:not json") == nullptr);

  const Type* container = Table::embedded().find_type("io.k8s.api.core.v1.Container");
  const Field& list = *container->find("ports");
  CHECK((*find_item(ports, R"(k:{"containerPort":53,"protocol":"TCP"})", list))["name"] == "a");
  CHECK(find_item(ports, R"(k:{"containerPort":53,"protocol":"SCTP"})", list) == nullptr);
}

TEST_CASE("custom resources own their leaves, lists as a whole") {
  const Json widget =
      Json::parse(R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","finalizers":["a/b"]},
      "spec":{"size":1,"tags":["x"],"empty":{},"deep":{"er":null}}})");
  CHECK(field_set_of(nullptr, widget) == set_of(R"({"f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}},
      "f:spec":{"f:size":{},"f:tags":{},"f:empty":{},"f:deep":{"f:er":{}}}})"));
}

TEST_CASE("differences name leaves, keys and items, aligned by merge keys") {
  const Kind* service = Table::embedded().find({"", "v1", "Service"});
  const Json before = Json::parse(R"({"spec":{"ports":[{"port":80,"name":"a"},{"port":90}],"selector":{"a":"b"}}})");
  const Json after = Json::parse(R"({"spec":{"ports":[{"port":70},{"port":80,"protocol":"TCP","name":"b"}],
      "selector":{"a":"c"}},"metadata":{"labels":{"x":"y"}}})");
  const Comparison changes = set_diff(service, before, after);
  CHECK(paths_of(changes.modified) ==
        std::vector<std::string>{"spec.selector", "spec.ports[port=80,protocol=\"TCP\"].name"});
  CHECK(paths_of(changes.removed) ==
        std::vector<std::string>{"spec.ports[port=90,protocol=\"TCP\"]", "spec.ports[port=90,protocol=\"TCP\"].port"});
  CHECK(paths_of(changes.added) == std::vector<std::string>{"metadata", "metadata.labels", "metadata.labels.x",
                                                            "spec.ports[port=70,protocol=\"TCP\"]",
                                                            "spec.ports[port=70,protocol=\"TCP\"].port",
                                                            "spec.ports[port=80,protocol=\"TCP\"].protocol"});
  CHECK_FALSE(changes.same());
  CHECK(set_diff(service, before, before).same());
}
