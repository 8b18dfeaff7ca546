// SPDX-License-Identifier: Apache-2.0
#include "sample.hpp"

#include "base/text.hpp"

#include <stdexcept>

namespace kforge::tests {
namespace {

bool is_named(std::string_view actual, std::string_view name) {
  constexpr std::size_t suffix = 9;  // "-" and eight hex digits
  return actual == name ||
         (actual.size() == name.size() + suffix && actual.starts_with(name) && actual[name.size()] == '-');
}

const Json* search(const render::Rendered& rendered, std::string_view kind, std::string_view name) {
  for (const render::Object& object : rendered.objects)
    if (string_at(object.manifest, {"kind"}) == kind &&
        is_named(string_at(object.manifest, {"metadata", "name"}), name))
      return &object.manifest;
  return nullptr;
}

void add_database(project::Project& project) {
  project.database = project::Database{.image = "postgres:17.6-bookworm", .major = 17};
  project.database->superuser_secret = "postgres-superuser";
  project.secrets["postgres-superuser"] = generated_secret("postgres-superuser", {"password"});
  for (const char* name : {"keycloak", "order", "payment", "product"}) {
    project.database->databases.push_back({.database = name, .owner = name});
    const std::string role = project::role_secret_name(name);
    project.secrets[role] = generated_secret(role, {"password"});
  }
}

void add_auth(project::Project& project) {
  project.auth = project::Auth{.image = "quay.io/keycloak/keycloak:26.4.0"};
  project.auth->hostname = "https://auth.shop.example.com";
  project.auth->admin_secret = "keycloak-admin";
  project::SecretSpec admin = generated_secret("keycloak-admin", {"password"});
  admin.values["username"] = {.kind = project::SecretSource::Kind::literal, .length = 0, .name = "admin"};
  project.secrets["keycloak-admin"] = admin;
}

}  // namespace

project::SecretSpec generated_secret(const std::string& name, const std::vector<std::string>& keys) {
  project::SecretSpec spec{.name = name, .existing = false, .values = {}};
  for (const std::string& key : keys) spec.values[key] = {};
  return spec;
}

project::Service service(const std::string& name, int port) {
  project::Service made{.name = name, .image = name + ":v1.0.0", .port = port};
  made.probes = {"/health?probe=startup", "/health?probe=live", "/health?probe=ready"};
  made.resources = {{"250m", "256Mi", "64Mi"}, {"500m", "512Mi", "256Mi"}};
  made.scale = project::Scale{};
  return made;
}

project::Project one_service() {
  project::Project project{.name = "shop"};
  project.services = {service("product-service", 8000)};
  return project;
}

project::Project shop() {
  project::Project project{.name = "shop"};
  add_database(project);
  add_auth(project);
  project.services = {service("order-service", 8001), service("payment-service", 8002),
                      service("product-service", 8000)};
  const std::vector<std::string> databases{"order", "payment", "product"};
  for (std::size_t i = 0; i < databases.size(); ++i) {
    project.services[i].database = databases[i];
    project.services[i].routes = {{.path = "/api/" + databases[i] + "s"}};
  }
  project.services[0].uses = {"product-service", "payment-service"};
  project.gateway = project::Gateway{.image = "kong:3.9.2"};
  project.gateway->host = "api.shop.example.com";
  return project;
}

render::Rendered render_offline(const project::Project& project) {
  return render::render(project, render::resolve_local(project, {}));
}

render::SecretValues with_values(const project::Project& project) {
  render::SecretValues values = render::resolve_local(project, {});
  for (auto& [name, value] : values)
    if (!value.value) value.value = Secret("value of " + name);
  return values;
}

const Json& find(const render::Rendered& rendered, std::string_view kind, std::string_view name) {
  const Json* found = search(rendered, kind, name);
  if (!found) throw std::runtime_error("nothing rendered: " + std::string(kind) + " " + std::string(name));
  return *found;
}

bool contains(const render::Rendered& rendered, std::string_view kind, std::string_view name) {
  return search(rendered, kind, name) != nullptr;
}

const Json& container_of(const Json& workload) {
  return at_path(workload, {"spec", "template", "spec", "containers"}).at(0);
}

Json env_of(const Json& container, std::string_view name) {
  for (const Json& variable : container.value("env", Json::array()))
    if (variable["name"] == name) return variable.contains("value") ? variable["value"] : variable["valueFrom"];
  return nullptr;
}

std::string secret_text(const Json& secret, const std::string& key) {
  return base64_decode(string_at(secret, {"data", key}));
}

}  // namespace kforge::tests
