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

class VariableCheck {
 public:
  VariableCheck(const Project& project, const Service& service, Diagnostics& problems)
      : project_(project), service_(service), derived_(derived_variables(project, service)), problems_(problems) {}

  void in_the_open(const std::string& name, const std::string& value) {
    if (service_.secret_env.contains(name))
      problems_.error(place("env", name),
                      fmt::format("'{}' stands under both env and secretEnv of '{}'", name, service_.name),
                      "remove one of them");
    else if (name == "PORT")
      check_port(value);
    else if (derived_.contains(name))
      overridden("env", name);
    else if (sounds_secret(name) && !value.empty())
      problems_.warning(
          place("env", name),
          fmt::format("{} sounds like a secret, and env can be read by everybody who may look at the namespace", name),
          "put it under 'secrets' and name it in secretEnv");
  }

  void from_a_secret(const std::string& name) {
    if (derived_.contains(name)) overridden("secretEnv", name);
  }

 private:
  SourcePlace place(const char* group, const std::string& name) const {
    return project_.place_of({"services", service_.name, group, name});
  }

  void check_port(const std::string& value) {
    if (service_.port == 0 || value == std::to_string(service_.port)) return;
    problems_.error(place("env", "PORT"),
                    fmt::format("PORT is {} here, but the port of '{}' is {}", value, service_.name, service_.port),
                    "change 'port' instead");
  }

  void overridden(const char* group, const std::string& name) {
    problems_.warning(place(group, name), fmt::format("{} overrides what kforge sets for '{}'", name, service_.name),
                      hint_for(name));
  }

  const Project& project_;
  const Service& service_;
  const std::set<std::string> derived_;
  Diagnostics& problems_;
};

}  // namespace

void lint_variables(const Project& project, Diagnostics& problems) {
  for (const Service& service : project.services) {
    if (service.env.empty() && service.secret_env.empty()) continue;
    VariableCheck check(project, service, problems);
    for (const auto& [name, value] : service.env) check.in_the_open(name, value);
    for (const auto& [name, reference] : service.secret_env) check.from_a_secret(name);
  }
}

}  // namespace kforge::project
