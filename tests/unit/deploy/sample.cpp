// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/deploy/sample.hpp"

#include "base/text.hpp"
#include "deploy/applyset.hpp"

namespace kforge::tests {

using project::Tier;

project::Project Sample::project() {
  project::Project shop;
  shop.name = "shop";
  shop.file = "kforge.yaml";
  shop.database.emplace();
  shop.database->superuser_secret = "postgres-superuser";
  project::SecretSource generated{};
  generated.length = 20;
  project::SecretSource from_environment{};
  from_environment.kind = project::SecretSource::Kind::env;
  from_environment.name = "MAIL_PASSWORD";
  shop.secrets["postgres-superuser"] = {
      .name = "postgres-superuser", .existing = false, .values = {{"password", generated}}};
  shop.secrets["postgres-role-order"] = {
      .name = "postgres-role-order", .existing = false, .values = {{"password", generated}}};
  shop.secrets["mail"] = {.name = "mail", .existing = false, .values = {{"password", from_environment}}};
  for (const char* name : {"order-service", "product-service"}) shop.services.emplace_back().name = name;
  return shop;
}

render::SecretValues Sample::local_values() {
  return {{"postgres-superuser/password", {.value = std::nullopt, .token = "generated 0"}},
          {"postgres-role-order/password", {.value = std::nullopt, .token = "generated 0"}},
          {"mail/password", {.value = Secret(mail_password), .token = "mail"}}};
}

project::Project Sample::tiny_project() {
  project::Project shop = project();
  shop.database.reset();
  return shop;
}

Json member(Json manifest, const std::string& service, const project::Project& project) {
  const deploy::ApplySet set = deploy::applyset_of(project);
  Json& labels = manifest["metadata"]["labels"];
  labels["app.kubernetes.io/managed-by"] = "kforge";
  labels["applyset.kubernetes.io/part-of"] = set.id;
  labels["kforge.dev/project"] = set.project;
  if (!service.empty()) labels["kforge.dev/service"] = service;
  return manifest;
}

render::Object object(Tier tier, Json manifest, const std::string& service) {
  static int line = 1;
  SourcePlace origin;
  origin.file = "kforge.yaml";
  origin.line = ++line;
  origin.column = 3;
  return {.manifest = member(std::move(manifest), service), .tier = tier, .service = service, .origin = origin};
}

namespace {

Json base(const std::string& api_version, const std::string& kind, const std::string& name_space,
          const std::string& name) {
  Json manifest = {{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", name}}}};
  if (!name_space.empty()) manifest["metadata"]["namespace"] = name_space;
  return manifest;
}

Json pod_template(const std::string& name, const std::string& image) {
  return {{"metadata", {{"labels", {{"app", name}, {"kforge.dev/project", "shop"}}}}},
          {"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}};
}

Json name_space(const std::string& name) {
  return base("v1", "Namespace", "", name);
}

Json secret(const std::string& space, const std::string& name, const std::map<std::string, std::string>& data) {
  Json manifest = base("v1", "Secret", space, name);
  for (const auto& [key, value] : data) manifest["data"][key] = base64_encode(value);
  return manifest;
}

Json stateful_set(const std::string& storage) {
  Json manifest = base("apps/v1", "StatefulSet", "database", "postgres");
  manifest["spec"] = {
      {"replicas", 1},
      {"serviceName", "postgres"},
      {"selector", {{"matchLabels", {{"app", "postgres"}}}}},
      {"template", pod_template("postgres", "postgres:17.6")},
      {"volumeClaimTemplates",
       {{{"metadata", {{"name", "data"}, {"labels", {{"kforge.dev/project", "shop"}}}}},
         {"spec", {{"accessModes", {"ReadWriteOnce"}}, {"resources", {{"requests", {{"storage", storage}}}}}}}}}}};
  return manifest;
}

Json job() {
  Json manifest = base("batch/v1", "Job", "database", "postgres-provision-1a2b3c4d");
  manifest["spec"] = {{"template", pod_template("postgres-provision", "postgres:17.6")}};
  manifest["spec"]["template"]["spec"]["restartPolicy"] = "Never";
  return manifest;
}

Json autoscaler(const std::string& name, int least_replicas) {
  Json manifest = base("autoscaling/v2", "HorizontalPodAutoscaler", "backend", name);
  manifest["spec"] = {{"minReplicas", least_replicas},
                      {"maxReplicas", 5},
                      {"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", name}}}};
  return manifest;
}

}  // namespace

Json config_map(const std::string& space, const std::string& name) {
  Json manifest = base("v1", "ConfigMap", space, name);
  manifest["data"] = {{"key", "value"}};
  return manifest;
}

Json deployment(const std::string& space, const std::string& name, const std::string& image) {
  Json manifest = base("apps/v1", "Deployment", space, name);
  manifest["spec"] = {{"progressDeadlineSeconds", 300},
                      {"selector", {{"matchLabels", {{"app", name}}}}},
                      {"template", pod_template(name, image)}};
  return manifest;
}

Json service(const std::string& space, const std::string& name) {
  Json manifest = base("v1", "Service", space, name);
  manifest["spec"] = {{"selector", {{"app", name}}},
                      {"ports", {{{"name", "http"}, {"port", 8000}, {"protocol", "TCP"}}}}};
  return manifest;
}

render::Rendered Sample::render_tiny(const render::SecretValues& values) const {
  const auto& entry = values.at("postgres-role-order/password");
  Json migration = job();
  migration["metadata"]["namespace"] = "backend";
  std::vector<Json> manifests{
      name_space("backend"),
      secret("backend", "order-service-db-33333333", {{"password", entry.value ? entry.value->reveal() : "unknown"}}),
      deployment("backend", "order-service", order_image), migration, autoscaler("order-service", least_replicas)};
  render::Rendered rendered;
  for (Json& manifest : manifests) {
    const Tier tier = string_at(manifest, {"kind"}) == "Namespace" ? Tier::namespaces : Tier::backend;
    rendered.objects.push_back(
        {.manifest = member(std::move(manifest), "", tiny_project()), .tier = tier, .service = {}, .origin = {}});
  }
  return rendered;
}

render::Rendered Sample::render(const render::SecretValues& values) const {
  if (tiny) return render_tiny(values);
  const auto value = [&](const char* name) {
    const auto& entry = values.at(name);
    return entry.value ? entry.value->reveal() : std::string("unknown");
  };
  Json order = deployment("backend", "order-service", order_image),
       product = deployment("backend", "product-service", product_image);
  if (!autoscaled) order["spec"]["replicas"] = 2;
  product["spec"]["replicas"] = product_replicas;
  Json kong = deployment("gateway", "kong", "kong:3.9.2");
  kong["spec"]["replicas"] = 1;
  Json settings_map = config_map("backend", "order-service-config-0a1b2c3d");
  settings_map["data"] = settings;
  const std::string role = value("postgres-role-order/password");
  render::Rendered rendered;
  for (const char* name : {"database", "backend", "gateway"})
    rendered.objects.push_back(object(Tier::namespaces, name_space(name)));
  if (nothing) return rendered;
  for (render::Object& each : std::vector<render::Object>{
           object(
               Tier::database,
               secret("database", "postgres-superuser-11111111", {{"password", value("postgres-superuser/password")}}),
               "postgres"),
           object(Tier::database, secret("database", "postgres-role-order-22222222", {{"password", role}}), "postgres"),
           object(Tier::database, service("database", "postgres"), "postgres"),
           object(Tier::database, stateful_set(storage), "postgres"), object(Tier::database, job(), "postgres"),
           object(Tier::backend, settings_map, "order-service"),
           object(Tier::backend,
                  secret("backend", "order-service-db-33333333",
                         {{"password", role}, {"url", "postgres://order:" + role + "@postgres/order"}}),
                  "order-service"),
           object(Tier::backend, secret("backend", "mail-44444444", {{"password", value("mail/password")}})),
           object(Tier::backend, service("backend", "order-service"), "order-service"),
           object(Tier::backend, service("backend", "product-service"), "product-service"),
           object(Tier::backend, order, "order-service"), object(Tier::backend, product, "product-service")})
    rendered.objects.push_back(std::move(each));
  if (autoscaled)
    rendered.objects.push_back(object(Tier::backend, autoscaler("order-service", least_replicas), "order-service"));
  rendered.objects.push_back(object(Tier::gateway, service("gateway", "kong"), "kong"));
  rendered.objects.push_back(object(Tier::gateway, kong, "kong"));
  for (const render::Object& each : more) rendered.objects.push_back(each);
  return rendered;
}

}  // namespace kforge::tests
