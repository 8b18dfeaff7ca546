// SPDX-License-Identifier: Apache-2.0
#include "render/naming.hpp"

#include "sample.hpp"

#include "base/text.hpp"
#include "tests/support/catch.hpp"
#include "yaml/node.hpp"

#include <set>

using namespace kforge;

namespace {

std::string name_of(const Json& object) {
  return string_at(object, {"metadata", "name"});
}

std::string config_of(const render::Rendered& rendered, const char* service) {
  return string_at(tests::container_of(tests::find(rendered, "Deployment", service)).at("envFrom").at(0),
                   {"configMapRef", "name"});
}

}  // namespace

TEST_CASE("configuration is named by its content and never changes") {
  const auto rendered = tests::render_offline(tests::shop());
  for (const render::Object& object : rendered.objects) {
    if (object.manifest["kind"] != "ConfigMap") continue;
    CHECK(object.manifest["immutable"] == true);
    const std::string hash = string_at(object.manifest, {"metadata", "annotations", "kforge.dev/config-hash"});
    CHECK(hash.size() == 8);
    CHECK(name_of(object.manifest).ends_with("-" + hash));
  }
}

TEST_CASE("another environment variable renames the service's ConfigMap and rolls its pods alone") {
  project::Project project = tests::shop();
  const auto before = tests::render_offline(project);
  project.services[2].env["LOG_LEVEL"] = "debug";
  const auto after = tests::render_offline(project);
  CHECK(config_of(before, "product-service") != config_of(after, "product-service"));
  CHECK(config_of(after, "product-service") == name_of(tests::find(after, "ConfigMap", "product-service-config")));
  CHECK(tests::find(before, "Deployment", "order-service") == tests::find(after, "Deployment", "order-service"));
  const auto pod_hash = [](const render::Rendered& rendered) {
    return string_at(tests::find(rendered, "Deployment", "product-service"),
                     {"spec", "template", "metadata", "annotations", "kforge.dev/config-hash"});
  };
  CHECK(pod_hash(before) != pod_hash(after));
}

TEST_CASE("another image renames no configuration and changes no other object") {
  project::Project project = tests::shop();
  const auto before = tests::render_offline(project);
  project.services[2].image = "product-service:v2.0.0";
  const auto after = tests::render_offline(project);
  std::vector<std::string> changed;
  for (std::size_t i = 0; i < before.objects.size(); ++i)
    if (before.objects[i].manifest != after.objects[i].manifest) changed.push_back(name_of(after.objects[i].manifest));
  CHECK(changed == std::vector<std::string>{"product-service"});
}

TEST_CASE("every reference of the shop names an object that is rendered, or one that exists already") {
  const auto rendered = tests::render_offline(tests::shop());
  std::set<std::string> made;
  for (const render::Object& object : rendered.objects)
    made.insert(string_at(object.manifest, {"kind"}) + " " + string_at(object.manifest, {"metadata", "namespace"}) +
                "/" + name_of(object.manifest));
  int references = 0;
  for (const render::Object& object : rendered.objects) {
    render::Draft draft{.manifest = object.manifest, .identity = render::identity_of(object.manifest)};
    render::for_each_reference(draft, [&](std::string_view kind, Json& name) {
      ++references;
      const std::string wanted = std::string(kind) + " " + string_at(object.manifest, {"metadata", "namespace"}) + "/" +
                                 name.get<std::string>();
      INFO(wanted);
      CHECK(made.contains(wanted));
    });
  }
  CHECK(references > 20);
}

TEST_CASE("the provisioning Job gets another name, and so another run, when the databases or passwords change") {
  project::Project project = tests::shop();
  render::SecretValues values = render::resolve_local(project, {});
  const std::string before = name_of(tests::find(render::render(project, values), "Job", "postgres-provision"));
  CHECK(name_of(tests::find(render::render(project, values), "Job", "postgres-provision")) == before);
  values.at("postgres-role-product/password").token = render::generated_token(1);
  CHECK(name_of(tests::find(render::render(project, values), "Job", "postgres-provision")) != before);
  project.database->databases.push_back({.database = "reports", .owner = "product"});
  CHECK(name_of(tests::find(tests::render_offline(project), "Job", "postgres-provision")) != before);
}

TEST_CASE("all places where pods name configuration are found") {
  const Json manifest = yaml::to_json(yaml::parse("job.yaml", R"(
apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          imagePullSecrets: [{name: pull}]
          initContainers:
            - envFrom: [{secretRef: {name: init}}]
          containers:
            - envFrom: [{configMapRef: {name: env}}]
              env:
                - {name: A, value: a}
                - {name: B, valueFrom: {configMapKeyRef: {name: key, key: b}}}
                - {name: C, valueFrom: {secretKeyRef: {name: secret-key, key: c}}}
          volumes:
            - {name: a, configMap: {name: volume}}
            - {name: b, secret: {secretName: secret-volume}}
            - {name: c, projected: {sources: [{configMap: {name: projected}}, {secret: {name: secret-projected}}]}}
            - {name: d, emptyDir: {}}
)"));
  std::set<std::string> found;
  render::Draft draft{.manifest = manifest, .identity = render::identity_of(manifest)};
  render::for_each_reference(draft, [&](std::string_view kind, Json& name) {
    found.insert(std::string(kind) + " " + name.get<std::string>());
  });
  CHECK(found == std::set<std::string>{"Secret pull", "Secret init", "ConfigMap env", "ConfigMap key",
                                       "Secret secret-key", "ConfigMap volume", "Secret secret-volume",
                                       "ConfigMap projected", "Secret secret-projected"});
}
