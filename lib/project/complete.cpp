// SPDX-License-Identifier: Apache-2.0
#include "project/complete.hpp"

#include "base/suggest.hpp"
#include "project/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::project {
namespace {

constexpr const char* password = "password";

bool says_database(const Project& project, const Service& service) {
  const yaml::Node* services = project.document.find("services");
  const yaml::Node* own = services == nullptr ? nullptr : services->find(service.name);
  return own != nullptr && own->find("database") != nullptr;
}

SourcePlace place_of_database(const Project& project, const Service& service) {
  return project.place_of({"services", service.name, "database"});
}

void refuse_databases(Project& project, Diagnostics& problems) {
  for (Service& service : project.services) {
    if (!service.database.empty())
      problems.error(place_of_database(project, service),
                     fmt::format("service '{}' has the database '{}', but the project has no database", service.name,
                                 service.database),
                     "add `database: {kind: postgres}`");
    service.database.clear();
  }
}

bool has_database(const Database& database, const std::string& name) {
  return std::ranges::find(database.databases, name, &DatabaseUser::database) != database.databases.end();
}

void add_database(Database& database, const std::string& name) {
  if (!has_database(database, name)) database.databases.push_back({.database = name, .owner = name});
}

// Names that a service may give without a row in `databases:`.
std::vector<std::string> database_names(const Project& project) {
  std::vector<std::string> names;
  for (const DatabaseUser& user : project.database->databases) names.push_back(user.database);
  if (project.database->shared)
    names.push_back(project.name);
  else
    for (const Service& service : project.services) names.push_back(own_database_name(service.name));
  return names;
}

void check_name(const Project& project, const Service& service, const std::vector<std::string>& names,
                Diagnostics& problems) {
  if (std::ranges::find(names, service.database) != names.end()) return;
  problems.error(
      place_of_database(project, service),
      fmt::format("service '{}' has the database '{}', which is not under 'databases'", service.name, service.database),
      did_you_mean(service.database, names));
}

// `order` and `order-service` would read each other's tables.
void refuse_sharing_by_accident(const Project& project, const Service& service,
                                std::map<std::string, std::string>& owners, Diagnostics& problems) {
  const auto [owner, fresh] = owners.emplace(service.database, service.name);
  if (!fresh)
    problems.error(project.place_of({"services", service.name}),
                   fmt::format("services '{}' and '{}' would both get the database '{}'", owner->second, service.name,
                               service.database),
                   fmt::format("say `database: {}` in one of them", service.name));
}

void complete_services_databases(Project& project, Diagnostics& problems) {
  Database& database = *project.database;
  const bool listed = !database.databases.empty();
  const std::vector<std::string> names = database_names(project);
  std::map<std::string, std::string> owners;
  for (Service& service : project.services) {
    if (says_database(project, service)) {
      if (listed && !service.database.empty()) check_name(project, service, names, problems);
    } else {
      service.database = database.shared ? project.name : own_database_name(service.name);
      if (!database.shared) refuse_sharing_by_accident(project, service, owners, problems);
    }
    if (!service.database.empty()) add_database(database, service.database);
  }
}

void complete_database(Project& project, Diagnostics& problems) {
  if (!project.database) return refuse_databases(project, problems);
  Database& database = *project.database;
  complete_services_databases(project, problems);
  if (project.auth) add_database(database, project.auth->database);
  std::ranges::sort(database.databases, {}, &DatabaseUser::database);
  if (const auto image = parse_image(database.image)) database.major = major_of_tag(image->tag);
  if (database.major == 0)
    problems.error(project.place_of({"database", "image"}),
                   fmt::format("the tag of '{}' does not begin with the major version of PostgreSQL", database.image),
                   "use a tag such as '17.6-bookworm'");
}

// A secret that is in the file keeps what it says; keys that kforge needs are added.
SecretSpec& implied(Project& project, const std::string& name) {
  SecretSpec& secret = project.secrets[name];
  secret.name = name;
  return secret;
}

void add_value(SecretSpec& secret, const std::string& key, SecretSource source) {
  if (!secret.existing) secret.values.try_emplace(key, std::move(source));
}

void complete_secrets(Project& project) {
  if (project.database) {
    add_value(implied(project, project.database->superuser_secret), password, {});
    for (const DatabaseUser& user : project.database->databases)
      add_value(implied(project, role_secret_name(user.owner)), password, {});
  }
  if (!project.auth) return;
  SecretSpec& admin = implied(project, project.auth->admin_secret);
  add_value(admin, "username", {.kind = SecretSource::Kind::literal, .name = "admin"});
  add_value(admin, password, {});
}

}  // namespace

std::string own_database_name(const std::string& service) {
  constexpr std::string_view suffix = "-service";
  if (!service.ends_with(suffix) || service.size() == suffix.size()) return service;
  return service.substr(0, service.size() - suffix.size());
}

void complete(Project& project, Diagnostics& problems) {
  for (Service& service : project.services) service.image = with_registry(project.defaults.registry, service.image);
  complete_database(project, problems);
  complete_secrets(project);
  if (project.gateway) std::ranges::sort(project.gateway->consumers, {}, &KeyConsumer::name);
}

}  // namespace kforge::project
