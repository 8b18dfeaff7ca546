// SPDX-License-Identifier: Apache-2.0
#include "render/naming.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "render/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace kforge::render {
namespace {

using Visit = std::function<void(std::string_view, Json&)>;

// Calls `visit` for owner[field]["name"], when it is there.
void visit_named(Json& owner, const char* field, const char* name_field, std::string_view kind, const Visit& visit) {
  const auto reference = owner.find(field);
  if (reference == owner.end() || !reference->is_object()) return;
  if (const auto name = reference->find(name_field); name != reference->end() && name->is_string()) visit(kind, *name);
}

Json& list_in(Json& owner, const char* field) {
  static Json none = Json::array();
  const auto found = owner.is_object() ? owner.find(field) : owner.end();
  return found != owner.end() && found->is_array() ? *found : none;
}

void visit_container(Json& container, const Visit& visit) {
  for (Json& source : list_in(container, "envFrom")) {
    visit_named(source, "configMapRef", "name", "ConfigMap", visit);
    visit_named(source, "secretRef", "name", "Secret", visit);
  }
  for (Json& variable : list_in(container, "env")) {
    const auto source = variable.find("valueFrom");
    if (source == variable.end()) continue;
    visit_named(*source, "configMapKeyRef", "name", "ConfigMap", visit);
    visit_named(*source, "secretKeyRef", "name", "Secret", visit);
  }
}

void visit_volume(Json& volume, const Visit& visit) {
  visit_named(volume, "configMap", "name", "ConfigMap", visit);
  visit_named(volume, "secret", "secretName", "Secret", visit);
  const auto projected = volume.find("projected");
  if (projected == volume.end()) return;
  for (Json& source : list_in(*projected, "sources")) {
    visit_named(source, "configMap", "name", "ConfigMap", visit);
    visit_named(source, "secret", "name", "Secret", visit);
  }
}

void visit_pod(Json& pod, const Visit& visit) {
  for (const char* containers : {"initContainers", "containers"})
    for (Json& container : list_in(pod, containers)) visit_container(container, visit);
  for (Json& volume : list_in(pod, "volumes")) visit_volume(volume, visit);
  for (Json& secret : list_in(pod, "imagePullSecrets"))
    if (secret.contains("name")) visit("Secret", secret["name"]);
}

std::string short_hash(std::string_view content) {
  return sha256_hex(content).substr(0, 8);
}

// What a hashed name stands for. Of a Secret the tokens, and what a patch may have added to the data.
std::string content_hash(const Draft& draft) {
  const bool secret = !draft.tokens.is_null();
  std::string content;
  if (secret) content = to_text(draft.tokens) + to_text(at_path(draft.manifest, {"type"}));
  for (const char* field : {"data", "binaryData", "spec"}) {
    const auto found = draft.manifest.find(field);
    if (found == draft.manifest.end()) continue;
    if (!secret) content += field + to_text(*found);
    if (secret && found->is_object())
      for (const auto& [key, value] : found->items())
        if (!draft.tokens.contains(key)) content += key + to_text(value);
  }
  return short_hash(content);
}

struct OldName {
  std::string_view name_space, kind, name;
  auto operator<=>(const OldName&) const = default;
};
// New names by old ones; the keys look into `old`.
struct Renames {
  std::deque<Identity> old;
  std::map<OldName, std::string> names;

  void add(const Identity& object, std::string name) {
    const Identity& kept = old.emplace_back(object);
    names[{kept.name_space, kept.kind, kept.name}] = std::move(name);
  }
};

// "postgres-config" -> "postgres-config-3f2a9c1b". Such a name is never made with other content.
void name_by_content(Draft& draft, Renames& renames) {
  const std::string hash = content_hash(draft);
  const std::string name = fmt::format("{}-{}", draft.identity.name, hash);
  Json& metadata = draft.manifest["metadata"];
  metadata["name"] = name;
  metadata["annotations"][config_hash_annotation] = hash;
  renames.add(draft.identity, name);
  draft.identity.name = name;
}

// Lets the references of one object follow, and returns the new names that it uses.
std::set<std::string> follow(Draft& draft, const Renames& renames) {
  std::set<std::string> used;
  for_each_reference(draft, [&](std::string_view kind, Json& name) {
    const auto renamed = renames.names.find({draft.identity.name_space, kind, name.get_ref<const std::string&>()});
    if (renamed == renames.names.end()) return;
    name = renamed->second;
    used.insert(fmt::format("{}/{}", kind, renamed->second));
  });
  return used;
}

// Old ReplicaSets carry the hash too, so that a configuration is known to be in use.
void note_config(Draft& draft, const std::set<std::string>& used) {
  if (draft.own || used.empty() || draft.identity.kind == "Ingress") return;
  draft.manifest["spec"]["template"]["metadata"]["annotations"][config_hash_annotation] =
      short_hash(join({used.begin(), used.end()}, ","));
}

// The Secret type that readers of such keys expect.
std::string type_of(const project::SecretSpec& spec) {
  if (spec.values.contains("tls.crt") && spec.values.contains("tls.key")) return "kubernetes.io/tls";
  if (spec.values.contains(".dockerconfigjson")) return "kubernetes.io/dockerconfigjson";
  return "Opaque";
}

struct Placement {
  std::string name_space, secret;
  auto operator<=>(const Placement&) const = default;
};
// Where each secret is wanted, and by which workload; without a service when several want it.
std::map<Placement, Workload> placements_of(Drafts& drafts) {
  std::map<Placement, Workload> wanted;
  for (Draft& draft : drafts.items)
    for_each_reference(draft, [&](std::string_view kind, Json& name) {
      const auto spec = drafts.project.secrets.find(name.get_ref<const std::string&>());
      if (kind != "Secret" || spec == drafts.project.secrets.end() || spec->second.existing) return;
      const auto [entry, fresh] = wanted.try_emplace(Placement{draft.identity.name_space, spec->first});
      if (fresh)
        entry->second = {.service = draft.workload->service,
                         .tier = draft.workload->tier,
                         .origin = drafts.project.place_of({"secrets", spec->first})};
      else if (entry->second.service != draft.workload->service)
        entry->second.service.clear();
    });
  return wanted;
}

}  // namespace

Json* find_pod_spec(std::string_view kind, Json& manifest) {
  constexpr std::array kinds{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"};
  if (std::ranges::find(kinds, kind) == kinds.end()) return nullptr;
  Json* at = &manifest;
  std::vector<const char*> path{"spec"};
  if (kind == "CronJob") path.insert(path.end(), {"jobTemplate", "spec"});
  if (kind != "Pod") path.insert(path.end(), {"template", "spec"});
  for (const char* step : path) {
    const auto next = at->is_object() ? at->find(step) : at->end();
    if (!at->is_object() || next == at->end()) return nullptr;
    at = &*next;
  }
  return at->is_object() && at->contains("containers") ? at : nullptr;
}

void for_each_reference(Draft& draft, const Visit& visit) {
  if (Json* pod = find_pod_spec(draft.identity.kind, draft.manifest)) visit_pod(*pod, visit);
  if (draft.identity.kind != "Ingress" || !draft.manifest.contains("spec")) return;
  for (Json& tls : list_in(draft.manifest["spec"], "tls"))
    if (tls.contains("secretName")) visit("Secret", tls["secretName"]);
}

std::set<std::string> references_of(Json pod_spec) {
  std::set<std::string> names;
  if (pod_spec.is_object())
    visit_pod(pod_spec, [&](std::string_view kind, Json& name) {
      names.insert(fmt::format("{}/{}", kind, name.get_ref<const std::string&>()));
    });
  return names;
}

void place_secrets(Drafts& drafts) {
  for (auto& [placement, workload] : placements_of(drafts)) {
    const project::SecretSpec& spec = drafts.project.secrets.at(placement.secret);
    SecretData data;
    for (const auto& [key, source] : spec.values) data[key] = drafts.secret(placement.secret, key);
    Json manifest = {{"apiVersion", "v1"},
                     {"kind", "Secret"},
                     {"metadata", {{"name", placement.secret}, {"namespace", placement.name_space}}},
                     {"type", type_of(spec)}};
    Draft& draft = drafts.add_secret(drafts.begin(workload), std::move(manifest), data);
    draft.identity.name_space = placement.name_space;
    draft.manifest["metadata"]["namespace"] = placement.name_space;
  }
}

void assign_names(Drafts& drafts) {
  Renames renames;
  const auto is_job = [](const Draft& draft) { return draft.identity.kind == "Job"; };
  for (Draft& draft : drafts.items)
    if (draft.hashed && !is_job(draft)) name_by_content(draft, renames);
  for (Draft& draft : drafts.items) note_config(draft, follow(draft, renames));
  for (Draft& draft : drafts.items)
    if (draft.hashed && is_job(draft)) name_by_content(draft, renames);
}

}  // namespace kforge::render
