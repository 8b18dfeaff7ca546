// SPDX-License-Identifier: Apache-2.0
#include "deploy/recovery.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::deploy {
namespace {

// Where the rendered Secrets put one generated value.
struct Use {
  std::string values_name;  // "secret/key"
  std::string name_space, secret, data_key;
};

// Names that cannot occur in a manifest by chance.
std::string marker(std::size_t index) {
  return fmt::format("kforge-recovery-marker-{:06}", index);
}

render::SecretValues with_markers(const render::SecretValues& values, std::map<std::string, std::string>& name_of) {
  render::SecretValues probe = values;
  for (auto& [name, entry] : probe) {
    if (entry.value) continue;
    const std::string text = marker(name_of.size());
    entry.value = Secret(text);
    name_of[base64_encode(text)] = name_of[text] = name;
  }
  return probe;
}

std::vector<Use> uses_in(const render::Rendered& probe, const std::map<std::string, std::string>& name_of) {
  std::vector<Use> uses;
  for (const render::Object& object : probe.objects) {
    if (string_at(object.manifest, {"kind"}) != "Secret") continue;
    const kube::ObjectRef ref = kube::ref_of(object.manifest);
    for (const char* map : {"data", "stringData"})
      for (const auto& [key, value] : at_path(object.manifest, {map}).items())
        if (const auto found = name_of.find(value.is_string() ? value.get<std::string>() : ""); found != name_of.end())
          uses.push_back({found->second, ref.name_space, ref.name, key});
  }
  return uses;
}

// The name without a content hash: "product-service-db-9f8e7d6c" and its predecessor are the same Secret to people.
std::string without_hash(const std::string& name) {
  constexpr std::size_t suffix = 9;
  if (name.size() <= suffix || name[name.size() - suffix] != '-') return name;
  const bool hex = std::all_of(name.end() - 8, name.end(), [](char c) {
    return contains("0123456789abcdef", {&c, 1});
  });
  return hex ? name.substr(0, name.size() - suffix) : name;
}

// The value that the newest live Secret of that name holds.
std::optional<Secret> value_in(const std::vector<Json>& secrets, const Use& use) {
  const Json* best = nullptr;
  for (const Json& secret : secrets) {
    const kube::ObjectRef ref = kube::ref_of(secret);
    if (ref.name_space != use.name_space || without_hash(ref.name) != without_hash(use.secret)) continue;
    if (!at_path(secret, {"data", use.data_key}).is_string()) continue;
    const auto age = [&](const Json& other) {
      return std::pair(kube::ref_of(other).name == use.secret, string_at(other, {"metadata", "creationTimestamp"}));
    };
    if (best == nullptr || age(secret) > age(*best)) best = &secret;
  }
  if (best == nullptr) return std::nullopt;
  return Secret(base64_decode(string_at(*best, {"data", use.data_key})));
}

const schema::Kind& known_kind(std::string_view api_version, std::string_view kind) {
  return *schema::Table::embedded().find(schema::kind_name(api_version, kind));
}

// Whether a StatefulSet of the database stage or its first volume claim stands in the cluster.
bool database_exists(Session& session, const render::Rendered& probe) {
  bool exists = false;
  RequestGroup group(session);
  const auto look = [&](const schema::Kind& kind, kube::ObjectRef ref) {
    group.send(kube::get_request(kind, ref), [&exists](const kube::ApiResult& result) { exists |= result.ok(); });
  };
  for (const render::Object& object : probe.objects) {
    if (object.tier != project::Tier::database || string_at(object.manifest, {"kind"}) != "StatefulSet") continue;
    const kube::ObjectRef ref = kube::ref_of(object.manifest);
    look(known_kind("apps/v1", "StatefulSet"), ref);
    for (const Json& claim : at_path(object.manifest, {"spec", "volumeClaimTemplates"}))
      look(known_kind("v1", "PersistentVolumeClaim"),
           {schema::kind_name("v1", "PersistentVolumeClaim"), ref.name_space,
            fmt::format("{}-{}-0", string_at(claim, {"metadata", "name"}), ref.name)});
  }
  group.finish("looking for an existing database");
  return exists;
}

std::vector<Json> live_secrets(Session& session, const std::vector<Use>& uses) {
  std::set<std::string> namespaces;
  for (const Use& use : uses) namespaces.insert(use.name_space);
  std::vector<Json> secrets;
  RequestGroup group(session);
  for (const std::string& name_space : namespaces)
    group.send(kube::list_request(known_kind("v1", "Secret"), name_space, project_selector(session.project().name)),
               [&secrets](kube::ApiResult result) {
                 if (result.ok())
                   std::ranges::move(kube::items_of(std::move(result.body)), std::back_inserter(secrets));
               });
  group.finish("looking for the project's secrets");
  return secrets;
}

Error values_lost(const ApplySet& set, const std::vector<std::string>& names) {
  const kube::ObjectRef ref = values_secret(set);
  return Error(ErrorKind::guard_refused,
               fmt::format("the generated secrets of project '{}' are gone, but its database is still there: new "
                           "passwords would not open it",
                           set.project))
      .why(fmt::format("Secret '{}' in namespace '{}' does not exist, and no live Secret holds {}", ref.name,
                       ref.name_space, quoted_list(names)))
      .hint(
          "restore that Secret from a backup, or give the old passwords under `secrets:` with `env:` or `file:`; "
          "`kforge down --delete-data` starts anew and deletes the database");
}

}  // namespace

GeneratedValues recover_values(Session& session, const ApplySet& set, const Renderer& render,
                               const render::SecretValues& values) {
  std::map<std::string, std::string> name_of;
  const render::Rendered probe = render(with_markers(values, name_of));
  if (name_of.empty() || !database_exists(session, probe)) return {};
  const std::vector<Use> uses = uses_in(probe, name_of);
  const std::vector<Json> secrets = live_secrets(session, uses);
  GeneratedValues recovered;
  std::set<std::string> lost;
  for (const Use& use : uses)
    if (const std::optional<Secret> value = value_in(secrets, use))
      recovered.emplace(values_key(use.values_name), *value);
  for (const Use& use : uses)
    if (!recovered.contains(values_key(use.values_name))) lost.insert(use.values_name);
  if (!lost.empty()) throw values_lost(set, {lost.begin(), lost.end()});
  return recovered;
}

}  // namespace kforge::deploy
