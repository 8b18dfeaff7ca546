// SPDX-License-Identifier: Apache-2.0
#include "tests/support/catch.hpp"
#include "tests/unit/kube/client_fixture.hpp"

namespace kforge::tests {

TEST_CASE("an apply is a strict server-side apply of the whole intent") {
  const kube::ApiRequest request = kube::apply_request(kind("v1", "ConfigMap"), config_map("shop", "settings"),
                                                       {.force = true, .dry_run = kube::DryRun::server});
  CHECK(request.method == "PATCH");
  CHECK(request.path ==
        "/api/v1/namespaces/shop/configmaps/settings?fieldManager=kforge&force=true&fieldValidation=Strict&dryRun=All");
  CHECK(request.content_type == "application/apply-patch+yaml");
  CHECK(Json::parse(request.body) == config_map("shop", "settings"));
  CHECK(request.replay == kube::Replay::safe);
  CHECK(request.object->to_string() == "ConfigMap shop/settings");
}

TEST_CASE("a cluster-scoped object has no namespace in its path") {
  CHECK(kube::apply_request(kind("v1", "Namespace"), namespace_object("shop"), {}).path ==
        "/api/v1/namespaces/shop?fieldManager=kforge&force=false&fieldValidation=Strict");
}

TEST_CASE("a namespaced object without a namespace is refused before it is sent") {
  Json object = config_map("", "settings");
  CHECK_THROWS_AS(kube::apply_request(kind("v1", "ConfigMap"), object, {}), Error);
}

TEST_CASE("names cannot leave their place in the path") {
  for (const char* name : {"..", ".", ""}) {
    Json object = config_map("shop", name);
    CHECK_THROWS_AS(kube::apply_request(kind("v1", "ConfigMap"), object, {}), Error);
  }
  CHECK(kube::get_request(kind("v1", "ConfigMap"), {{}, "shop", "a/../../b%2f"}).path ==
        "/api/v1/namespaces/shop/configmaps/a%2F..%2F..%2Fb%252f");
}

TEST_CASE("a delete names the uid and how far it goes") {
  const kube::ApiRequest request =
      kube::delete_request(kind("apps/v1", "Deployment"), {{}, "shop", "order"}, "u-1", kube::Propagation::foreground);
  CHECK(request.method == "DELETE");
  CHECK(request.path == "/apis/apps/v1/namespaces/shop/deployments/order");
  CHECK(Json::parse(request.body) == Json{{"kind", "DeleteOptions"},
                                          {"apiVersion", "v1"},
                                          {"propagationPolicy", "Foreground"},
                                          {"preconditions", {{"uid", "u-1"}}}});
}

TEST_CASE("a merge patch has a field manager of its own") {
  const kube::ApiRequest request = kube::merge_patch_request(kind("apps/v1", "Deployment"), {{}, "shop", "order"},
                                                             {{"spec", {{"replicas", 3}}}}, "kforge-scale");
  CHECK(request.path == "/apis/apps/v1/namespaces/shop/deployments/order?fieldManager=kforge-scale");
  CHECK(request.content_type == "application/merge-patch+json");
}

TEST_CASE("conflicts list fields and their managers") {
  kube::ApiResult result;
  result.status = 409;
  result.body = {{"details",
                  {{"causes",
                    {{{"reason", "FieldManagerConflict"},
                      {"message", "conflict with \"helm\" using apps/v1 at …"},
                      {"field", ".spec.replicas"}},
                     {{"reason", "Other"}, {"field", ".x"}}}}}}};
  const std::vector<kube::FieldConflict> conflicts = kube::conflicts_of(result);
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].manager == "helm");
  CHECK(conflicts[0].field == ".spec.replicas");
  result.status = 422;
  CHECK(kube::conflicts_of(result).empty());
}

TEST_CASE("the identity of an object reads well") {
  CHECK(kube::ref_of(config_map("shop", "settings")).to_string() == "ConfigMap shop/settings");
  CHECK(kube::ref_of(namespace_object("shop")).to_string() == "Namespace shop");
}

TEST_CASE("a kind that the table does not know is looked up once") {
  ClusterClient test;
  test.cluster.serve({.group = "example.com", .version = "v1", .kind = "Shop", .plural = "shops"});
  const schema::KindName name{"example.com", "v1", "Shop"};
  const schema::Kind& shop = kube::resolve_kind(test.client, name);
  CHECK(shop.plural == "shops");
  CHECK(shop.namespaced);
  CHECK(shop.has_verb("patch"));
  CHECK(&kube::resolve_kind(test.client, name) == &shop);
  CHECK(test.client.requests_sent() == 1);
}

TEST_CASE("known kinds need no discovery") {
  ClusterClient test;
  CHECK(kube::resolve_kind(test.client, {"apps", "v1", "Deployment"}).plural == "deployments");
  CHECK(test.client.requests_sent() == 0);
}

TEST_CASE("a kind that nobody knows is rejected with what to do") {
  ClusterClient test;
  const auto message = [&](const schema::KindName& name) {
    try {
      kube::resolve_kind(test.client, name);
    } catch (const Error& error) {
      CHECK(error.kind == ErrorKind::rejected);
      return whole(error);
    }
    return std::string("found");
  };
  CHECK(message({"example.com", "v1", "Shop"}) ==
        "the cluster has no kind 'Shop' in 'example.com/v1'\n  hint: install its CustomResourceDefinition first");
  CHECK(message({"apps", "v1", "Deploymnet"}) ==
        "the cluster has no kind 'Deploymnet' in 'apps/v1'\n  hint: did you mean 'Deployment'?");
}

}  // namespace kforge::tests
