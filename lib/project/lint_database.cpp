// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "project/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace kforge::project {
namespace {

// Settings that kforge's own objects depend on.
constexpr std::array<std::string_view, 9> own_settings{
    "listen_addresses", "port",       "data_directory",    "config_file",
    "hba_file",         "ident_file", "external_pid_file", "unix_socket_directories",
    "logging_collector"};
constexpr std::array<std::string_view, 3> taken_databases{"postgres", "template0", "template1"};

SourcePlace place_of(const Project& project, const DatabaseUser& user) {
  for (const Service& service : project.services)
    if (service.database == user.database && !project.database->shared)
      return project.place_of({"services", service.name, "database"});
  return project.place_of({"database", "databases", user.database});
}

void check_names(const Project& project, const DatabaseUser& user, Diagnostics& problems) {
  if (std::ranges::find(taken_databases, user.database) != taken_databases.end())
    problems.error(place_of(project, user),
                   fmt::format("the database '{}' belongs to the server itself", user.database), "choose another name");
  else if (user.owner == "postgres" || user.owner.starts_with("pg_"))
    problems.error(place_of(project, user), fmt::format("the role '{}' belongs to the server itself", user.owner),
                   "choose another owner");
}

// Secret names have no '_', so "a_b" and "a-b" would share a password.
void check_roles(const Project& project, Diagnostics& problems) {
  std::map<std::string, std::string> roles;
  for (const DatabaseUser& user : project.database->databases) {
    const auto [role, fresh] = roles.emplace(role_secret_name(user.owner), user.owner);
    if (!fresh && role->second != user.owner)
      problems.error(
          place_of(project, user),
          fmt::format("the roles '{}' and '{}' would share the secret '{}'", role->second, user.owner, role->first),
          "rename one of them");
  }
}

void check_storage(const Project& project, Diagnostics& problems) {
  constexpr double least = 100.0 * (1 << 20);
  const auto size = Quantity::parse(project.database->storage_size);
  if (size && size->value() < least)
    problems.error(project.place_of({"database", "storage", "size"}),
                   fmt::format("'{}' is too little for a database", project.database->storage_size), "such as 20Gi");
}

}  // namespace

void lint_database(const Project& project, Diagnostics& problems) {
  if (!project.database) {
    if (project.auth)
      problems.error(project.place_of({"auth"}), "keycloak needs a database", "add `database: {kind: postgres}`");
    return;
  }
  for (const DatabaseUser& user : project.database->databases) check_names(project, user, problems);
  check_roles(project, problems);
  check_storage(project, problems);
  for (const auto& [name, value] : project.database->parameters)
    if (std::ranges::find(own_settings, name) != own_settings.end())
      problems.error(project.place_of({"database", "parameters", name}), fmt::format("'{}' is set by kforge", name),
                     "remove it");
}

}  // namespace kforge::project
