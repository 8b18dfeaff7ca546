// SPDX-License-Identifier: Apache-2.0
#include "render/bases.hpp"
#include "render/components.hpp"
#include "render/identity.hpp"
#include "render/workloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::render {
namespace {

constexpr const char* keycloak = "auth/keycloak";
constexpr int high_uid = 10001;

std::map<std::string, std::string> settings(const project::Project& project) {
  const project::Auth& auth = *project.auth;
  auto values = base(keycloak, "ConfigMap/keycloak-config")["data"].get<std::map<std::string, std::string>>();
  values["KC_DB_URL_HOST"] = service_host(project, project::Tier::database, "postgres");
  values["KC_DB_URL_DATABASE"] = auth.database;
  values["KC_DB_USERNAME"] = database_user(project, auth.database).owner;
  if (!auth.hostname.empty()) {
    values["KC_HOSTNAME"] = auth.hostname;
    values["KC_HOSTNAME_BACKCHANNEL_DYNAMIC"] = "true";
    values.erase("KC_HOSTNAME_STRICT");
  }
  return values;
}

// Whether a realm file holds values that do not belong into a ConfigMap. Exports mask such values with asterisks.
bool holds_credentials(const Json& realm) {
  constexpr std::array names{"secret", "credentials", "privateKey", "bindCredential", "clientSecret", "secretData"};
  if (realm.is_array()) return std::ranges::any_of(realm, holds_credentials);
  if (!realm.is_object()) return false;
  for (const auto& [key, value] : realm.items()) {
    const bool masked =
        value.is_string() && value.get_ref<const std::string&>().find_first_not_of('*') == std::string::npos;
    if (std::ranges::find(names, key) != names.end() && !masked && !value.empty()) return true;
    if (holds_credentials(value)) return true;
  }
  return false;
}

std::map<std::string, std::string> realm_files(const project::Project& project) {
  std::map<std::string, std::string> files;
  for (const project::Realm& realm : project.auth->realms)
    files[realm.name + "-realm.json"] = realm.content.empty() ? made_realm(realm.name).dump(2) + "\n" : realm.content;
  if (files.empty()) files[project.name + "-realm.json"] = made_realm(project.name).dump(2) + "\n";
  return files;
}

// A ConfigMap, or a Secret when a realm holds credentials; the volume follows.
void draft_realms(Drafts& drafts, const Workload& workload, Json& deployment) {
  const auto files = realm_files(drafts.project);
  Json manifest = base(keycloak, "ConfigMap/keycloak-realms");
  const bool secret = std::ranges::any_of(
      files, [](const auto& file) { return holds_credentials(Json::parse(file.second, nullptr, false)); });
  if (!secret) {
    drafts.add_config(workload, std::move(manifest), files);
    return;
  }
  SecretData data;
  for (const auto& [name, content] : files) data[name] = plain(content);
  Json holder = base(keycloak, "Secret/keycloak-db");
  holder["metadata"]["name"] = manifest["metadata"]["name"];
  drafts.add_secret(workload, std::move(holder), data);
  Json& volume = named(pod_spec_of(deployment)["volumes"], "realms");
  volume.erase("configMap");
  volume["secret"] = {{"secretName", manifest["metadata"]["name"]}, {"defaultMode", 0440}};
}

// An image that was built with `kc.sh build` starts as it is and never writes into itself.
void set_optimized(Json& deployment) {
  pod_spec_of(deployment).erase("initContainers");
  remove_named(pod_spec_of(deployment)["volumes"], "quarkus");
  remove_named(main_container_of(deployment)["volumeMounts"], "quarkus");
  main_container_of(deployment)["args"] = {"start", "--optimized", "--import-realm"};
}

void draft_deployment(Drafts& drafts, const Workload& workload, Json deployment) {
  const project::Project& project = drafts.project;
  const project::Auth& auth = *project.auth;
  deployment["spec"]["replicas"] = auth.replicas;
  set_image(deployment, auth.image, project.defaults);
  set_resources(main_container_of(deployment), auth.resources);
  main_container_of(deployment)["env"] =
      env_list({{"KC_BOOTSTRAP_ADMIN_PASSWORD", secret_key(auth.admin_secret, "password")},
                {"KC_BOOTSTRAP_ADMIN_USERNAME", secret_key(auth.admin_secret, "username")},
                {"KC_DB_PASSWORD", secret_key("keycloak-db", "password")}});
  if (auth.optimized) set_optimized(deployment);
  if (project.defaults.uids == project::Uids::high) set_user(deployment, high_uid);
  drafts.add(workload, std::move(deployment));
}

}  // namespace

std::string main_realm(const project::Project& project) {
  return project.auth->realms.empty() ? project.name : project.auth->realms.front().name;
}

Json made_realm(const std::string& name) {
  return {{"realm", name},
          {"enabled", true},
          {"bruteForceProtected", true},
          {"defaultSignatureAlgorithm", "RS256"},
          {"registrationAllowed", false},
          {"sslRequired", "external"}};
}

void draft_auth(Drafts& drafts) {
  const project::Project& project = drafts.project;
  if (!project.auth) return;
  const Workload& workload = drafts.begin({.name = "keycloak",
                                           .component = "auth",
                                           .version = image_version(project.auth->image),
                                           .service = "keycloak",
                                           .tier = project::Tier::auth,
                                           .origin = project.place_of({"auth"})});
  for (const char* object : {"ServiceAccount/keycloak", "Service/keycloak", "PodDisruptionBudget/keycloak"})
    drafts.add(workload, base(keycloak, object));
  drafts.add_config(workload, base(keycloak, "ConfigMap/keycloak-config"), settings(project));
  const std::string role = project::role_secret_name(database_user(project, project.auth->database).owner);
  drafts.add_secret(workload, base(keycloak, "Secret/keycloak-db"), {{"password", drafts.secret(role, "password")}});
  Json deployment = base(keycloak, "Deployment/keycloak");
  draft_realms(drafts, workload, deployment);
  draft_deployment(drafts, workload, std::move(deployment));
}

}  // namespace kforge::render
