// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "render/bases.hpp"
#include "render/components.hpp"
#include "render/identity.hpp"
#include "render/workloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace kforge::render {
namespace {

constexpr const char* backend = "backend/service";
constexpr const char* realm_path = "/realms/";
constexpr double mebibyte = 1024.0 * 1024.0;

std::string config_name(const project::Service& service) {
  return service.name + "-config";
}
std::string db_secret_name(const project::Service& service) {
  return service.name + "-db";
}

using Variables = std::map<std::string, std::string>;

void add_process_variables(Variables& values, const project::Service& service) {
  values["HOST"] = "0.0.0.0";
  values["LOG_LEVEL"] = "info";
  values["NODE_ENV"] = "production";
  values["PORT"] = std::to_string(service.port);
  values["SERVICE_NAME"] = service.name;
  // Three quarters of the memory limit; the rest is for buffers and code, so that the heap ends before the container.
  const double limit = amount_of(service.resources.limits.memory);
  if (limit > 0)
    values["NODE_OPTIONS"] = fmt::format("--max-old-space-size={}", static_cast<long>(limit * 0.75 / mebibyte));
}

void add_database_variables(Variables& values, const project::Project& project, const project::Service& service) {
  if (service.database.empty()) return;
  values["DB_HOST"] = service_host(project, project::Tier::database, "postgres");
  values["DB_NAME"] = service.database;
  values["DB_POOL_MAX"] = "10";
  values["DB_PORT"] = "5432";
  values["DB_USER"] = database_user(project, service.database).owner;
}

void add_auth_variables(Variables& values, const project::Project& project) {
  if (!project.auth) return;
  const std::string inside = fmt::format("http://{}:8080", service_host(project, project::Tier::auth, "keycloak"));
  const std::string realm = main_realm(project);
  const std::string& outside = project.auth->hostname.empty() ? inside : project.auth->hostname;
  values["KEYCLOAK_URL"] = inside;
  values["KEYCLOAK_REALM"] = realm;
  values["KEYCLOAK_ISSUER"] = outside + realm_path + realm;
  values["KEYCLOAK_JWKS_URL"] = inside + realm_path + realm + "/protocol/openid-connect/certs";
}

void add_neighbour_variables(Variables& values, const project::Project& project, const project::Service& service) {
  for (const std::string& name : service.uses)
    if (const project::Service* used = project.find_service(name))
      values[project::url_variable(name)] =
          fmt::format("http://{}:{}", service_host(project, project::Tier::backend, name), used->port);
}

// The environment contract of docs/manifests.md; the service's own `env:` wins.
Variables environment_of(const project::Project& project, const project::Service& service) {
  Variables values;
  add_process_variables(values, service);
  add_database_variables(values, project, service);
  add_auth_variables(values, project);
  add_neighbour_variables(values, project, service);
  for (const auto& [name, value] : service.env) values[name] = value;
  for (const auto& [name, source] : service.secret_env) values.erase(name);
  return values;
}

// What cannot stand in the ConfigMap: secrets, and the version, which would give every release a new ConfigMap.
Json container_env(const project::Service& service, const std::string& version) {
  std::map<std::string, Json> variables;
  if (!version.empty() && !service.env.contains("SERVICE_VERSION")) variables["SERVICE_VERSION"] = {{"value", version}};
  if (!service.database.empty()) {
    for (const auto& [name, key] : {std::pair{"DATABASE_URL", "url"}, std::pair{"DB_PASSWORD", "password"}})
      if (!service.env.contains(name)) variables[name] = secret_key(db_secret_name(service), key);
  }
  for (const auto& [name, source] : service.secret_env) variables[name] = secret_key(source.secret, source.key);
  return env_list(variables);
}

// "/var/cache/app" -> "writable-var-cache-app"
std::string volume_name(const std::string& path, std::set<std::string>& taken) {
  std::string slug = "writable";
  for (const std::string& part : split(to_lower(path), '/')) {
    std::string clean;
    for (const char c : part) clean += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
    if (!clean.empty()) slug += "-" + clean;
  }
  slug = slug.substr(0, 55);
  while (slug.ends_with('-')) slug.pop_back();
  std::string name = slug;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}-{}", slug, i);
  return name;
}

void set_process(Json& deployment, const project::Service& service, const std::string& version) {
  Json& container = main_container_of(deployment);
  container["name"] = service.name;
  container["imagePullPolicy"] = pull_policy_or_default(service.image_pull_policy);
  container["ports"][0]["containerPort"] = service.port;
  container["envFrom"][0]["configMapRef"]["name"] = config_name(service);
  container["env"] = container_env(service, version);
  if (container["env"].empty()) container.erase("env");
  if (!service.command.empty()) container["command"] = service.command;
  if (!service.args.empty()) container["args"] = service.args;
  container["startupProbe"]["httpGet"]["path"] = service.probes.startup;
  container["readinessProbe"]["httpGet"]["path"] = service.probes.ready;
  container["livenessProbe"]["httpGet"]["path"] = service.probes.live;
  set_resources(container, service.resources);
}

void set_annotations(Json& deployment, const project::Service& service) {
  Json& annotations = deployment["spec"]["template"]["metadata"]["annotations"];
  annotations["kubectl.kubernetes.io/default-container"] = service.name;
  for (const auto& [name, value] : service.annotations) annotations[name] = value;
}

Json deployment_of(const project::Project& project, const project::Service& service, const std::string& version) {
  Json deployment = base(backend, "Deployment/example-service");
  deployment["metadata"]["name"] = service.name;
  pod_spec_of(deployment)["serviceAccountName"] = service.name;
  set_image(deployment, service.image, project.defaults);
  set_process(deployment, service, version);
  set_annotations(deployment, service);
  set_rollout(deployment, service.rollout);
  set_drain(deployment, service.drain);
  set_user(deployment, service.uid);
  std::set<std::string> taken;
  for (const std::string& path : service.writable_paths)
    add_scratch_volume(deployment, volume_name(path, taken), path, "64Mi");
  if (!service.scale) deployment["spec"]["replicas"] = service.replicas;
  return deployment;
}

Json autoscaler_of(const project::Service& service) {
  Json autoscaler = base(backend, "HorizontalPodAutoscaler/example-service");
  autoscaler["metadata"]["name"] = service.name;
  Json& spec = autoscaler["spec"];
  spec["scaleTargetRef"]["name"] = service.name;
  spec["minReplicas"] = service.scale->min;
  spec["maxReplicas"] = service.scale->max;
  spec["metrics"][0]["resource"]["target"]["averageUtilization"] = service.scale->cpu;
  return autoscaler;
}

void draft_database_secret(Drafts& drafts, const Workload& workload, const project::Service& service) {
  const project::Project& project = drafts.project;
  const std::string& role = database_user(project, service.database).owner;
  const SecretText password = drafts.secret(project::role_secret_name(role), "password");
  const std::string host = service_host(project, project::Tier::database, "postgres");
  Json secret = base(backend, "Secret/example-service-db");
  secret["metadata"]["name"] = db_secret_name(service);
  drafts.add_secret(workload, std::move(secret),
                    {{"password", password},
                     {"url", in_url(fmt::format("postgresql://{}:", url_encode(role)), password,
                                    fmt::format("@{}:5432/{}", host, url_encode(service.database)))}});
}

void add_service_labels(Draft& draft, const project::Service& service) {
  for (const auto& [name, value] : service.labels) {
    draft.manifest["metadata"]["labels"].emplace(name, value);
    draft.manifest["spec"]["template"]["metadata"]["labels"].emplace(name, value);
  }
}

void draft_service(Drafts& drafts, const project::Service& service) {
  const project::Project& project = drafts.project;
  const Workload& workload = drafts.begin({.name = service.name,
                                           .component = "api",
                                           .version = image_version(service.image),
                                           .service = service.name,
                                           .tier = project::Tier::backend,
                                           .origin = project.place_of({"services", service.name})});
  for (const char* object : {"ServiceAccount/example-service", "PodDisruptionBudget/example-service"}) {
    Json manifest = base(backend, object);
    manifest["metadata"]["name"] = service.name;
    drafts.add(workload, std::move(manifest));
  }
  Json config = base(backend, "ConfigMap/example-service-config");
  config["metadata"]["name"] = config_name(service);
  drafts.add_config(workload, std::move(config), environment_of(project, service));
  if (!service.database.empty()) draft_database_secret(drafts, workload, service);
  Json network = base(backend, "Service/example-service");
  network["metadata"]["name"] = service.name;
  network["spec"]["ports"][0]["port"] = service.port;
  drafts.add(workload, std::move(network));
  add_service_labels(drafts.add(workload, deployment_of(project, service, workload.version)), service);
  if (service.scale) drafts.add(workload, autoscaler_of(service));
}

}  // namespace

void draft_services(Drafts& drafts) {
  for (const project::Service& service : drafts.project.services) draft_service(drafts, service);
}

}  // namespace kforge::render
