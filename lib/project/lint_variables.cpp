// SPDX-License-Identifier: Apache-2.0
#include "project/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kforge::project {
namespace {

// What kforge derives from the rest of the file. HOST, LOG_LEVEL, NODE_ENV, NODE_OPTIONS and DB_POOL_MAX are mere
// defaults, made to be overridden.
std::set<std::string> derived_variables(const Project& project, const Service& service) {
  std::set<std::string> names{"PORT", "SERVICE_NAME", "SERVICE_VERSION"};
  if (!service.database.empty())
    names.insert({"DATABASE_URL", "DB_HOST", "DB_NAME", "DB_PASSWORD", "DB_PORT", "DB_USER"});
  if (project.auth) names.insert({"KEYCLOAK_ISSUER", "KEYCLOAK_JWKS_URL", "KEYCLOAK_REALM", "KEYCLOAK_URL"});
  for (const std::string& used : service.uses) names.insert(url_variable(used));
  return names;
}

std::string hint_for(const std::string& name) {
  if (name.starts_with("DB_") || name == "DATABASE_URL") return "say `database: none` if the service brings its own";
  return "remove it unless you mean to";
}

// Endings of names that scanners take for secrets, and people too.
bool sounds_secret(std::string_view name) {
  constexpr std::array<std::string_view, 9> endings{"PASSWORD", "PASSWD",      "SECRET",     "TOKEN",      "API_KEY",
                                                    "APIKEY",   "PRIVATE_KEY", "ACCESS_KEY", "CREDENTIALS"};
  return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

void check_variable(const Project& project, const Service& service, const std::string& name, const std::string& value,
                    Diagnostics& problems) {
  const SourcePlace place = project.place_of({"services", service.name, "env", name});
  if (service.secret_env.contains(name))
    problems.error(place, fmt::format("'{}' stands under both env and secretEnv of '{}'", name, service.name),
                   "remove one of them");
  else if (name == "PORT" && service.port != 0 && value != std::to_string(service.port))
    problems.error(place, fmt::format("PORT is {} here, but the port of '{}' is {}", value, service.name, service.port),
                   "change 'port' instead");
  else if (name != "PORT" && derived_variables(project, service).contains(name))
    problems.warning(place, fmt::format("{} overrides what kforge sets for '{}'", name, service.name), hint_for(name));
  else if (sounds_secret(name) && !value.empty())
    problems.warning(
        place,
        fmt::format("{} sounds like a secret, and env can be read by everybody who may look at the namespace", name),
        "put it under 'secrets' and name it in secretEnv");
}

}  // namespace

void lint_variables(const Project& project, Diagnostics& problems) {
  for (const Service& service : project.services) {
    for (const auto& [name, value] : service.env) check_variable(project, service, name, value, problems);
    const std::set<std::string> derived = derived_variables(project, service);
    for (const auto& [name, reference] : service.secret_env)
      if (derived.contains(name))
        problems.warning(project.place_of({"services", service.name, "secretEnv", name}),
                         fmt::format("{} overrides what kforge sets for '{}'", name, service.name), hint_for(name));
  }
}

}  // namespace kforge::project
