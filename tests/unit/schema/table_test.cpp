// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "schema/schema.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace kforge;
using namespace kforge::schema;

namespace {

const Kind& embedded_kind(std::string_view api_version, std::string_view kind) {
  const Kind* found = Table::embedded().find(kind_name(api_version, kind));
  INFO(api_version << " " << kind);
  REQUIRE(found != nullptr);
  return *found;
}

// Follows field names through objects, lists and maps.
const Field& field_at(const Kind& kind, std::initializer_list<std::string_view> path) {
  const Type* type = kind.type;
  const Field* field = nullptr;
  for (const std::string_view name : path) {
    INFO(name);
    REQUIRE(type != nullptr);
    field = type->find(name);
    REQUIRE(field != nullptr);
    const Field* inner = field;
    while (inner->element != nullptr) inner = inner->element;
    type = inner->object_type;
  }
  return *field;
}

std::vector<std::string> texts(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

constexpr std::string_view small_table =
    "# comment\n"
    "kubernetes v1.2.3\n"
    "kind example.com/v1 Thing things thing namespaced ~t.Thing verbs=get,list short=th subresources=status\n"
    "type ~t.Part atomic\n"
    " name string required default=\"two words\"\n"
    "type ~t.Thing open\n"
    " labels {}string atomic\n"
    " modes []string set enum=Fast|Very slow default=[\"Very slow\"]\n"
    " part ~t.Part granular\n"
    " parts []~t.Part keys=name merge=name\n"
    " self ~t.Thing retainKeys\n";

}  // namespace

TEST_CASE("the table knows where the built-in kinds live") {
  const Kind& deployment = embedded_kind("apps/v1", "Deployment");
  CHECK(deployment.plural == "deployments");
  CHECK(deployment.singular == "deployment");
  CHECK(deployment.namespaced);
  CHECK(texts(deployment.short_names) == std::vector<std::string>{"deploy"});
  CHECK(texts(deployment.categories) == std::vector<std::string>{"all"});
  CHECK(texts(deployment.subresources) == std::vector<std::string>{"scale", "status"});
  CHECK(deployment.has_verb("watch"));
  CHECK(deployment.has_subresource("scale"));
  CHECK_FALSE(deployment.has_subresource("log"));
  CHECK_FALSE(embedded_kind("v1", "Namespace").namespaced);
  CHECK_FALSE(embedded_kind("v1", "Namespace").has_verb("deletecollection"));
  CHECK(Table::embedded().find_plural("rbac.authorization.k8s.io", "v1", "clusterroles")->name.kind == "ClusterRole");
  CHECK(Table::embedded().find({"apps", "v1beta1", "Deployment"}) == nullptr);
  CHECK(Table::embedded().find_plural("apps", "v1", "widgets") == nullptr);
}

TEST_CASE("the table covers every API group of a plain cluster") {
  std::set<std::string> groups;
  for (const KindName& name : Table::embedded().names()) groups.insert(name.group);
  for (const char* group :
       {"", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
        "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "networking.k8s.io", "policy",
        "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io"})
    CHECK(groups.contains(group));
  CHECK(Table::embedded().kubernetes_version().starts_with("v1."));
}

TEST_CASE("fields know their type, how they merge and what the server fills in") {
  const Kind& deployment = embedded_kind("apps/v1", "Deployment");
  const Field& replicas = field_at(deployment, {"spec", "replicas"});
  CHECK(replicas.type == FieldType::integer);
  CHECK(replicas.format == "int32");
  CHECK(field_at(deployment, {"spec", "selector"}).required);
  CHECK(field_at(deployment, {"spec", "selector"}).atomic);
  CHECK(field_at(deployment, {"spec", "strategy"}).patch_retain_keys);

  const Field& ports = field_at(deployment, {"spec", "template", "spec", "containers", "ports"});
  CHECK(ports.list_type == ListType::map);
  CHECK(texts(ports.merge_keys) == std::vector<std::string>{"containerPort", "protocol"});
  CHECK(ports.patch_merge_key == "containerPort");
  CHECK(ports.patch_merge);
  CHECK(*ports.element->object_type->find("protocol")->default_value == "TCP");
  CHECK(texts(ports.element->object_type->find("protocol")->enum_values) ==
        std::vector<std::string>{"SCTP", "TCP", "UDP"});

  const Field& limits = field_at(deployment, {"spec", "template", "spec", "containers", "resources", "limits"});
  CHECK(limits.type == FieldType::map);
  CHECK(limits.element->type == FieldType::quantity);
  CHECK(field_at(deployment, {"spec", "template", "spec", "nodeSelector"}).atomic);
  CHECK(field_at(deployment, {"spec", "strategy", "rollingUpdate", "maxSurge"}).type == FieldType::int_or_string);
  CHECK(field_at(embedded_kind("v1", "Secret"), {"data"}).element->type == FieldType::bytes);
  CHECK(field_at(embedded_kind("v1", "Pod"), {"metadata", "creationTimestamp"}).type == FieldType::time);
  CHECK(field_at(embedded_kind("v1", "Pod"), {"metadata", "finalizers"}).list_type == ListType::set);
  CHECK_FALSE(field_at(embedded_kind("v1", "PersistentVolume"), {"spec", "claimRef"}).atomic);
  const Field& raw = field_at(embedded_kind("apps/v1", "ControllerRevision"), {"data"});
  CHECK((raw.type == FieldType::any && raw.atomic));
}

TEST_CASE("every type of the table can be read and its fields are sorted") {
  std::size_t fields = 0;
  for (const Kind& kind : Table::embedded().kinds()) {
    INFO(kind.name.kind);
    REQUIRE(kind.type != nullptr);
    CHECK(std::ranges::is_sorted(kind.type->fields, {}, &Field::name));
    CHECK(kind.type->find("apiVersion") != nullptr);
    fields += kind.type->fields.size();
  }
  CHECK(fields > 200);
  const Type* scale = Table::embedded().find_type("io.k8s.api.autoscaling.v1.Scale");
  REQUIRE(scale != nullptr);
  CHECK(scale->name == "io.k8s.api.autoscaling.v1.Scale");
  CHECK(Table::embedded().find_type("io.k8s.api.autoscaling.v1.Nothing") == nullptr);
  const std::vector<std::string> names = Table::embedded().kind_names();
  CHECK(std::ranges::count(names, "HorizontalPodAutoscaler") == 1);
}

TEST_CASE("a table reads everything that its text form can say") {
  const Table table(small_table);
  CHECK(table.kubernetes_version() == "v1.2.3");
  const Kind* thing = table.find({"example.com", "v1", "Thing"});
  REQUIRE(thing != nullptr);
  CHECK(thing->type->name == "io.k8s.api.t.Thing");
  CHECK(thing->type->preserves_unknown);
  CHECK(thing->type->find("self")->object_type == thing->type);
  CHECK(thing->type->find("self")->patch_retain_keys);
  CHECK(thing->type->find("labels")->atomic);
  CHECK(thing->type->find("modes")->list_type == ListType::set);
  CHECK(texts(thing->type->find("modes")->element->enum_values) == std::vector<std::string>{"Fast", "Very slow"});
  CHECK(*thing->type->find("modes")->default_value == Json{"Very slow"});
  CHECK_FALSE(thing->type->find("part")->atomic);
  CHECK(thing->type->find("parts")->element->atomic);
  CHECK(*thing->type->find("part")->object_type->find("name")->default_value == "two words");
}

TEST_CASE("a damaged table is an internal error, not a crash") {
  CHECK_THROWS_AS(Table(""), Error);
  CHECK_THROWS_AS(Table("kubernetes v1\n"), Error);
  CHECK_THROWS_AS(Table("kind v1 Thing\ntype ~t.Thing\n"), Error);
  CHECK_THROWS_AS(Table("type b\ntype a\n"), Error);
  const Table unknown_type("kind v1 Thing things thing namespaced a\ntype a\n field nowhere\n");
  CHECK_THROWS_AS(unknown_type.find({"", "v1", "Thing"}), Error);
  const Table unknown_flag("kind v1 Thing things thing namespaced a\ntype a\n field string surprising\n");
  CHECK_THROWS_AS(unknown_flag.find({"", "v1", "Thing"}), Error);
}

TEST_CASE("paths follow group, scope and name") {
  const Kind& deployment = embedded_kind("apps/v1", "Deployment");
  const Kind& name_space = embedded_kind("v1", "Namespace");
  CHECK(collection_path(deployment, "backend") == "/apis/apps/v1/namespaces/backend/deployments");
  CHECK(collection_path(deployment, "") == "/apis/apps/v1/deployments");
  CHECK(object_path(deployment, "backend", "orders") == "/apis/apps/v1/namespaces/backend/deployments/orders");
  CHECK(object_path(name_space, "ignored", "backend") == "/api/v1/namespaces/backend");
  CHECK(object_path(embedded_kind("rbac.authorization.k8s.io/v1", "ClusterRole"), "", "system:node") ==
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode");
  CHECK(object_path(deployment, "a/b", "c?d") == "/apis/apps/v1/namespaces/a%2Fb/deployments/c%3Fd");
  for (const char* name : {"", ".", ".."}) CHECK_THROWS_AS(object_path(deployment, "backend", name), Error);
  CHECK_THROWS_AS(object_path(deployment, "", "orders"), Error);
  CHECK_THROWS_AS(collection_path(deployment, ".."), Error);
}

TEST_CASE("kind names read and write apiVersion") {
  CHECK(kind_name("v1", "Pod") == KindName{"", "v1", "Pod"});
  CHECK(kind_name(Json{{"apiVersion", "apps/v1"}, {"kind", "Deployment"}}).api_version() == "apps/v1");
  CHECK(kind_name("v1", "Secret").group_kind() == "Secret");
  CHECK(kind_name("apps/v1", "Deployment").group_kind() == "Deployment.apps");
  CHECK(kind_name(Json::object()) == KindName{});
}
