// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "project/lint.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::project {
namespace {

using Path = std::vector<std::string>;

std::vector<std::string> other_services(const Project& project, const Service& own) {
  std::vector<std::string> names;
  for (const Service& service : project.services)
    if (service.name != own.name) names.push_back(service.name);
  return names;
}

template <class Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

void check_uses(const Project& project, const Service& service, Diagnostics& problems) {
  std::map<std::string, std::string> variables;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < service.uses.size(); ++i) {
    const std::string& used = service.uses[i];
    const auto place = [&] { return project.place_of({"services", service.name, "uses", std::to_string(i)}); };
    if (project.find_service(used) == nullptr)
      problems.error(place(), fmt::format("'{}' uses '{}', which is not a service of this project", service.name, used),
                     did_you_mean(used, other_services(project, service)));
    else if (used == service.name)
      problems.error(place(), fmt::format("'{}' uses itself", used), "it knows its own address");
    else if (!seen.insert(used).second)
      problems.warning(place(), fmt::format("'{}' is listed twice", used));
    else if (const auto [first, fresh] = variables.emplace(url_variable(used), used); !fresh)
      problems.error(place(),
                     fmt::format("the addresses of '{}' and '{}' would both be {}", first->second, used, first->first),
                     "rename one of the services");
  }
}

class SecretCheck {
 public:
  SecretCheck(const Project& project, Diagnostics& problems) : project_(project), problems_(problems) {}

  // `path` leads to the place of the reference.
  void reference(const SecretRef& wanted, const Path& path) {
    used_.insert(wanted.secret);
    const auto secret = project_.secrets.find(wanted.secret);
    if (secret == project_.secrets.end())
      return problems_.error(project_.place_of(path), fmt::format("there is no secret '{}'", wanted.secret),
                             hint(wanted.secret));
    if (!secret->second.existing && !secret->second.values.contains(wanted.key))
      problems_.error(project_.place_of(path), fmt::format("secret '{}' has no key '{}'", wanted.secret, wanted.key),
                      did_you_mean(wanted.key, keys_of(secret->second.values)));
  }

  // The value goes into text that kforge writes, so a Secret of somebody else does not do.
  void value_needed(const SecretRef& wanted, const Path& path) {
    reference(wanted, path);
    const auto secret = project_.secrets.find(wanted.secret);
    if (secret != project_.secrets.end() && secret->second.existing)
      problems_.error(project_.place_of(path),
                      fmt::format("kforge needs the value of '{}.{}', and does not know that of an existing secret",
                                  wanted.secret, wanted.key),
                      "give it by env or file");
  }

  void name(const std::string& secret) { used_.insert(secret); }

  void unused() {
    const yaml::Node* written = project_.document.find("secrets");
    if (written == nullptr || !written->is_mapping()) return;
    for (const yaml::Entry& entry : written->entries)
      if (!used_.contains(entry.key.scalar))
        problems_.warning(entry.key.place(), fmt::format("secret '{}' is not used", entry.key.scalar));
  }

 private:
  std::string hint(const std::string& typed) const {
    const std::string near = did_you_mean(typed, keys_of(project_.secrets));
    return near.empty() ? fmt::format("add it under 'secrets', such as {}: {{existing: true}}", typed) : near;
  }

  const Project& project_;
  Diagnostics& problems_;
  std::set<std::string> used_;
};

void check_secrets(const Project& project, Diagnostics& problems) {
  SecretCheck check(project, problems);
  for (const Service& service : project.services)
    for (const auto& [name, reference] : service.secret_env)
      check.reference(reference, {"services", service.name, "secretEnv", name});
  if (project.database) {
    check.name(project.database->superuser_secret);
    for (const DatabaseUser& user : project.database->databases)
      check.value_needed({role_secret_name(user.owner), "password"},
                         {"secrets", role_secret_name(user.owner), "existing"});
  }
  if (project.auth) check.name(project.auth->admin_secret);
  for (const std::string& name : project.defaults.image_pull_secrets) check.name(name);
  if (project.gateway) {
    check.name(project.gateway->tls_secret);
    for (const KeyConsumer& consumer : project.gateway->consumers)
      check.value_needed(consumer.key, {"gateway", "consumers", consumer.name, "key"});
  }
  // Own manifests may name a secret anywhere.
  if (project.manifests.empty() && project.patches.empty()) check.unused();
}

void check_secret_values(const Project& project, Diagnostics& problems) {
  const yaml::Node* written = project.document.find("secrets");
  for (const auto& [name, secret] : project.secrets)
    if (const yaml::Node* node = written == nullptr ? nullptr : written->find(name);
        node != nullptr && node->is_mapping() && node->entries.empty() && secret.values.empty())
      problems.error(project.place_of({"secrets", name}), fmt::format("secret '{}' has no keys", name),
                     "such as password: {generate: true}");
}

}  // namespace

void lint_references(const Project& project, Diagnostics& problems) {
  for (const Service& service : project.services) check_uses(project, service, problems);
  check_secrets(project, problems);
  check_secret_values(project, problems);
}

}  // namespace kforge::project
