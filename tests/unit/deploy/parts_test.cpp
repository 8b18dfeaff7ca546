// SPDX-License-Identifier: Apache-2.0
// The small decisions of the engine, each for itself.
#include "base/text.hpp"
#include "deploy/applyset.hpp"
#include "deploy/diagnosis.hpp"
#include "deploy/guards.hpp"
#include "deploy/masker.hpp"
#include "deploy/names.hpp"
#include "deploy/remover.hpp"
#include "deploy/secrecy.hpp"
#include "deploy/selection.hpp"
#include "deploy/stages.hpp"
#include "deploy/values.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/deploy/sample.hpp"

namespace kforge::deploy {
namespace {

using project::Tier;

Change change_of(const render::Object& object, const Json* live = nullptr) {
  Change change;
  change.object = &object;
  change.ref = kube::ref_of(object.manifest);
  change.kind = schema::Table::embedded().find(change.ref.kind);
  change.live = live;
  return change;
}

std::string described(const Json& live, const Json& intent) {
  const render::Object object = tests::object(Tier::backend, intent);
  const Json before = tests::member(live, "");
  return describe_difference(change_of(object, &before));
}

}  // namespace

TEST_CASE("a secret's value is masked in every form in which it may come back") {
  Masker masker;
  masker.add("p@ss word/1");
  masker.add("ab");
  masker.add("-----BEGIN KEY-----\nMIIEvAIBADANBg\n-----END KEY-----");
  CHECK(masker.masked("password is p@ss word/1!") == "password is [redacted]!");
  CHECK(masker.masked("postgres://u:p%40ss%20word%2F1@db") == "postgres://u:[redacted]@db");
  CHECK(masker.masked("data: " + base64_encode("p@ss word/1")) == "data: [redacted]");
  CHECK(masker.masked("the line MIIEvAIBADANBg of it") == "the line [redacted] of it");
  CHECK(masker.masked("ab is short, cab is a word") == "[redacted] is short, cab is a word");
  const Error error =
      masker.masked(Error(ErrorKind::rejected, "bad p@ss word/1").why("p@ss word/1").hint("not p@ss word/1"));
  CHECK(std::string(error.what()) + error.cause + error.advice == "bad [redacted][redacted]not [redacted]");
  CHECK(error.kind == ErrorKind::rejected);
}

TEST_CASE("names that stand in secrets as literals are not masked, passwords are") {
  project::Project shop = tests::Sample::project();
  project::SecretSource literal{};
  literal.kind = project::SecretSource::Kind::literal;
  shop.secrets["admin"] = {
      .name = "admin", .existing = false, .values = {{"username", literal}, {"password", literal}}};
  project::OwnManifest own;
  own.objects.push_back(yaml::parse(
      "own.yaml",
      "kind: Secret\nstringData: {user: order-service, key: Tr0ub4dor&3}\ndata: {token: UzNjcjN0LXRva2Vu}\n"));
  shop.manifests.push_back(own);
  Masker masker;
  learn_secrets(masker, shop,
                {{"admin/username", {Secret("order-service"), ""}},
                 {"admin/password", {Secret("Hunter2-Hunter2"), ""}},
                 {"mail/password", {Secret("mail"), ""}}});
  CHECK(masker.masked("order-service Hunter2-Hunter2 mail") == "order-service [redacted] [redacted]");
  CHECK(masker.masked("Tr0ub4dor&3 S3cr3t-token") == "[redacted] [redacted]");
}

TEST_CASE("a change is described by its images first, then by the fields that people know") {
  const Json before = tests::deployment("backend", "order", "registry:5000/shop/order:v1");
  Json after = tests::deployment("backend", "order", "registry:5000/shop/order:v2");
  CHECK(described(before, after) == "image v1 -> v2");
  after["spec"]["template"]["spec"]["containers"][0]["env"] = {{{"name", "LOG_LEVEL"}, {"value", "debug"}}};
  after["spec"]["replicas"] = 3;
  after["spec"]["minReadySeconds"] = 3;
  CHECK(described(before, after) == "image v1 -> v2, minReadySeconds, replicas and 1 more");
  CHECK(described(before, tests::deployment("backend", "order", "registry:5000/other/order:v2")) ==
        "image registry:5000/shop/order:v1 -> registry:5000/other/order:v2");
}

TEST_CASE("pods restart when their template changes, and only then") {
  Json before = tests::deployment("backend", "order", "order:v1");
  before["status"] = {{"replicas", 3}};
  Json after = before;
  after["spec"]["replicas"] = 5;
  CHECK(restarted_pods(before, after) == 0);
  after["spec"]["template"]["spec"]["containers"][0]["image"] = "order:v2";
  CHECK(restarted_pods(before, after) == 3);
  CHECK(restarted_pods({{"kind", "ConfigMap"}}, {{"kind", "ConfigMap"}, {"data", {}}}) == 0);
}

TEST_CASE("a workload that leaves its replicas to an autoscaler knows the minimum") {
  const render::Rendered rendered = tests::Sample{}.render(tests::Sample::local_values());
  std::vector<Change> changes = selected_changes(rendered, {});
  mark_autoscaled(changes);
  std::map<std::string, std::optional<std::int64_t>> minimum;
  for (const Change& change : changes)
    if (change.ref.kind.kind == "Deployment") minimum[change.ref.name] = change.autoscaled_from;
  CHECK(minimum == std::map<std::string, std::optional<std::int64_t>>{
                       {"order-service", 2}, {"product-service", {}}, {"kong", {}}});
}

TEST_CASE("a run for one service takes its objects and what its stage shares, not the others") {
  const render::Rendered rendered = tests::Sample{}.render(tests::Sample::local_values());
  std::vector<std::string> names;
  for (const Change& change : selected_changes(rendered, {"product-service"})) names.push_back(change.ref.to_string());
  CHECK(names == std::vector<std::string>{"Secret backend/mail-44444444", "Service backend/product-service",
                                          "Deployment backend/product-service"});
}

TEST_CASE("stages come in deploy order with their waves, whatever the order of the objects") {
  render::Rendered rendered = tests::Sample{}.render(tests::Sample::local_values());
  std::vector<Change> changes = selected_changes(rendered, {});
  const auto order_of = [](std::vector<Change>& all) {
    std::string text;
    for (const Stage& stage : stages_of(all))
      for (const auto& [wave, members] : stage.waves)
        text += fmt::format("{}:{}x{} ", project::to_string(stage.tier), static_cast<int>(wave), members.size());
    return text;
  };
  const std::string straight = order_of(changes);
  std::vector<Change> reversed(changes.rbegin(), changes.rend());
  CHECK(order_of(reversed) == straight);
  CHECK(straight.starts_with("namespaces:0x3 database:"));
  CHECK(outline_of(stages_of(changes)).at(2).services == std::vector<std::string>{"order-service", "product-service"});
}

TEST_CASE("roles come before bindings, accounts and configuration before pods (binding-after-role)") {
  const auto wave = [](const char* api_version, const char* kind) {
    return render::wave_of({{"apiVersion", api_version}, {"kind", kind}});
  };
  constexpr const char* rbac = "rbac.authorization.k8s.io/v1";
  CHECK(wave(rbac, "Role") < wave(rbac, "RoleBinding"));
  CHECK(wave(rbac, "ClusterRole") < wave(rbac, "ClusterRoleBinding"));
  for (const char* first : {"ResourceQuota", "LimitRange", "ServiceAccount", "ConfigMap", "Secret", "Service"}) {
    INFO(first);
    CHECK(wave("v1", first) < wave("apps/v1", "Deployment"));
    CHECK(wave("v1", first) < wave("batch/v1", "Job"));
  }
}

TEST_CASE("the marks of other tools are recognised") {
  const Membership ours{"shop", "applyset-1"};
  const auto owner = [&](const Json& metadata) {
    return foreign_owner({{"metadata", metadata}}, ours).value_or("nobody");
  };
  CHECK(owner({{"name", "x"}}) == "nobody");
  CHECK(owner({{"labels",
                {{"app.kubernetes.io/managed-by", "kforge"},
                 {"kforge.dev/project", "shop"},
                 {"applyset.kubernetes.io/part-of", "applyset-1"}}}}) == "nobody");
  CHECK(owner({{"labels", {{"kforge.dev/project", "store"}}}}) == "project 'store'");
  CHECK(owner({{"labels", {{"applyset.kubernetes.io/part-of", "applyset-2"}}}}) == "ApplySet 'applyset-2'");
  CHECK(owner({{"annotations", {{"meta.helm.sh/release-name", "web"}}}}) == "Helm release 'web'");
  CHECK(owner({{"labels", {{"app.kubernetes.io/managed-by", "Helm"}}}}) == "Helm");
  CHECK(owner({{"labels", {{"kapp.k14s.io/app", "17"}}}}) == "kapp app '17'");
  CHECK(owner({{"annotations", {{"argocd.argoproj.io/tracking-id", "shop:apps/Deployment"}}}}) ==
        "Argo CD application 'shop:apps/Deployment'");
  CHECK(owner({{"annotations", {{"config.k8s.io/owning-inventory", "inv"}}}}) == "inventory 'inv'");
}

TEST_CASE("the parent of the ApplySet says which kinds live in which namespaces") {
  const ApplySet set{.project = "shop",
                     .name = "kforge.shop",
                     .name_space = "shop",
                     .id = render::applyset_id("kforge.shop", "shop", "Secret", "")};
  CHECK(set.id == "applyset-KlJAsFro6c8XN2kRHRfvUrOlTZZ0Te-c5zi7wn_l_g8-v1");
  Extent extent;
  extent.add({schema::kind_name("apps/v1", "Deployment"), "backend", "a"}, set);
  extent.add({schema::kind_name("v1", "Secret"), "shop", "b"}, set);
  extent.add({schema::kind_name("v1", "Namespace"), "", "backend"}, set);
  extent.finished_jobs.insert("shop/job");
  const Json parent = parent_manifest(set, extent);
  CHECK(string_at(parent, {"type"}) == "kforge.dev/project.v1");
  CHECK(string_at(parent, {"metadata", "labels", applyset_id_label}) == set.id);
  CHECK(string_at(parent, {"metadata", "annotations", group_kinds_annotation}) == "Deployment.apps,Namespace,Secret");
  CHECK(string_at(parent, {"metadata", "annotations", additional_namespaces_annotation}) == "backend");
  CHECK(extent_of(parent) == extent);
  CHECK(extent_of(nullptr) == Extent{});
}

TEST_CASE("a parent of another tool or another set is refused") {
  const ApplySet set = applyset_of(tests::Sample::project());
  Json parent = parent_manifest(set, {});
  CHECK_NOTHROW(check_parent(parent, set));
  parent["metadata"]["annotations"][tooling_annotation] = "kubectl/v1.36.3";
  CHECK_THROWS_WITH(check_parent(parent, set),
                    "Secret 'kforge.shop' in namespace 'database' is the ApplySet of another tool, 'kubectl/v1.36.3'");
  parent = parent_manifest(set, {});
  parent["metadata"]["labels"][applyset_id_label] = "applyset-other";
  CHECK_THROWS_WITH(check_parent(parent, set), Catch::Contains("has the ApplySet id 'applyset-other' instead of"));
}

TEST_CASE("keys of generated values never collide") {
  CHECK(values_key("postgres-superuser/password") == "postgres-superuser.password");
  CHECK(values_key("a.b/c") == "a_b.c");
  CHECK(values_key("a/b.c") == "a.b.c");
}

TEST_CASE("stored values are used, and only missing ones are generated") {
  render::SecretValues values = tests::Sample::local_values();
  const StoredValues stored{
      .exists = true, .resource_version = "1", .values = {{"postgres-superuser.password", Secret("kept")}}};
  const GeneratedValues fresh = complete(values, stored, tests::Sample::project());
  CHECK(values.at("postgres-superuser/password").value->reveal() == "kept");
  CHECK(values.at("mail/password").value->reveal() == tests::mail_password);
  REQUIRE(fresh.size() == 1);
  CHECK(fresh.begin()->first == "postgres-role-order.password");
  CHECK(fresh.begin()->second.reveal().size() == 20);
  CHECK(values.at("postgres-role-order/password").value == fresh.begin()->second);
}

TEST_CASE("events are told warnings first, the newest first, repeats once, without the noise of a healthy start") {
  const auto event = [](const char* type, const char* reason, const char* message, const char* time, int count = 1) {
    return Json{{"type", type}, {"reason", reason}, {"message", message}, {"lastTimestamp", time}, {"count", count}};
  };
  const std::vector<Json> events{event("Normal", "Pulling", "Pulling image", "2026-01-01T00:00:10Z"),
                                 event("Normal", "Nominated", "node chosen", "2026-01-01T00:00:20Z"),
                                 event("Warning", "Failed", "not found", "2026-01-01T00:00:10Z", 2),
                                 event("Warning", "Failed", "not found", "2026-01-01T00:00:12Z"),
                                 event("Warning", "BackOff", "restarting", "2026-01-01T00:00:30Z"),
                                 event("Warning", "Old", "last week", "2025-12-24T00:00:00Z")};
  std::vector<const Json*> pointers;
  for (const Json& each : events) pointers.push_back(&each);
  CHECK(event_lines(pointers, parse_rfc3339("2026-01-01T00:00:00Z")) ==
        std::vector<std::string>{"BackOff: restarting", "Failed: not found (3x)", "Nominated: node chosen"});
}

TEST_CASE("a cause points to its key of the project file, everything else to where the object comes from") {
  project::Project shop = tests::Sample::project();
  shop.document = yaml::parse("kforge.yaml", "services:\n  order-service:\n    image: order:v1\n");
  const render::Object object =
      tests::object(Tier::backend, tests::deployment("backend", "order-service", "order:v1"), "order-service");
  const Change change = change_of(object);
  rollout::Verdict verdict;
  verdict.code = "KF2003";
  CHECK(place_of_cause(shop, change, verdict)->line == 3);
  verdict.code = "KF2031";
  CHECK(place_of_cause(shop, change, verdict)->line == object.origin.line);
}

TEST_CASE("what holds an object is named: finalizers, and the words of the namespace controller") {
  CHECK(what_holds({{"metadata", {{"finalizers", {"a/b", "c"}}}}}) == "held by 'a/b' and 'c'");
  CHECK(what_holds({{"metadata", {{"name", "x"}}}}).empty());
  const Json space = {{"metadata", Json::object()},
                      {"status",
                       {{"conditions",
                         {{{"type", "NamespaceContentRemaining"}, {"status", "True"}, {"message", "widgets are left"}},
                          {{"type", "NamespaceFinalizersRemaining"}, {"status", "False"}, {"message", "all done"}}}}}}};
  CHECK(what_holds(space) == "widgets are left");
}

}  // namespace kforge::deploy
