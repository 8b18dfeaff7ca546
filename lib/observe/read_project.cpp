// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "observe/gathering.hpp"
#include "observe/status.hpp"

#include <fmt/format.h>

#include <set>

namespace kforge::observe {
namespace {

using project::Tier;

struct Reading {
  schema::KindName kind;
  Need need = Need::optional;
  bool labelled = true;  // events carry no labels
};

const std::vector<Reading>& readings() {
  static const std::vector<Reading> table = {
      {{"apps", "v1", "Deployment"}, Need::required},
      {{"apps", "v1", "StatefulSet"}, Need::required},
      {{"", "v1", "Pod"}, Need::required},
      {{"batch", "v1", "Job"}, Need::required},
      {{"apps", "v1", "DaemonSet"}},
      {{"apps", "v1", "ReplicaSet"}},
      {{"batch", "v1", "CronJob"}},
      {{"autoscaling", "v2", "HorizontalPodAutoscaler"}},
      {{"policy", "v1", "PodDisruptionBudget"}},
      {{"", "v1", "Service"}},
      {{"discovery.k8s.io", "v1", "EndpointSlice"}},
      {{"networking.k8s.io", "v1", "Ingress"}},
      {{"", "v1", "PersistentVolumeClaim"}},
      {{"", "v1", "Event"}, Need::optional, false},
  };
  return table;
}

// Kinds of the user's own manifests beside the usual ones. Their values are nobody's status.
std::set<schema::KindName> own_kinds(const project::Project& project) {
  std::set<schema::KindName> kinds;
  for (const project::OwnManifest& own : project.manifests)
    for (const yaml::Node& object : own.objects) {
      const yaml::Node *api_version = object.find("apiVersion"), *kind = object.find("kind");
      if (api_version != nullptr && kind != nullptr) kinds.insert(schema::kind_name(api_version->scalar, kind->scalar));
    }
  for (const Reading& reading : readings()) kinds.erase(reading.kind);
  for (const char* kind : {"Secret", "ConfigMap", "Namespace"}) kinds.erase({"", "v1", kind});
  return kinds;
}

void read_namespace(Gathering& reader, kube::Client& client, const std::string& name) {
  const schema::Kind& kind = kube::resolve_kind(client, {"", "v1", "Namespace"});
  reader.read(kube::get_request(kind, {.kind = kind.name, .name_space = {}, .name = name}), Need::optional);
}

}  // namespace

std::set<std::string> namespaces_of(const project::Project& project) {
  std::set<std::string> names;
  if (project.database) names.insert(project.namespaces.of(Tier::database));
  if (project.auth) names.insert(project.namespaces.of(Tier::auth));
  if (!project.services.empty()) names.insert(project.namespaces.of(Tier::backend));
  if (project.gateway) names.insert(project.namespaces.of(Tier::gateway));
  for (const project::OwnManifest& own : project.manifests)
    for (const yaml::Node& object : own.objects) {
      const yaml::Node* metadata = object.find("metadata");
      const yaml::Node* name_space = metadata == nullptr ? nullptr : metadata->find("namespace");
      if (name_space != nullptr && name_space->is_scalar() && !name_space->scalar.empty())
        names.insert(name_space->scalar);
    }
  return names;
}

std::string selector_of(const project::Project& project) {
  return "kforge.dev/project=" + project.name;
}

std::vector<Json> read_project(kube::Client& client, const project::Project& project) {
  const std::string selector = selector_of(project);
  std::vector<Reading> all = readings();
  for (const schema::KindName& kind : own_kinds(project)) all.push_back({kind});
  std::vector<std::pair<const schema::Kind*, const Reading*>> kinds;
  for (const Reading& reading : all) kinds.emplace_back(&kube::resolve_kind(client, reading.kind), &reading);

  Gathering reader(client);
  for (const std::string& name_space : namespaces_of(project)) {
    read_namespace(reader, client, name_space);
    for (const auto& [kind, reading] : kinds) {
      if (!kind->namespaced) continue;
      kube::ApiRequest request = kube::list_request(*kind, name_space, reading->labelled ? selector : "");
      if (!reading->labelled) request.path += "&fieldSelector=" + url_encode("type=Warning");
      reader.read(std::move(request), reading->need);
    }
  }
  for (const auto& [kind, reading] : kinds)
    if (!kind->namespaced) reader.read(kube::list_request(*kind, {}, selector), reading->need);
  return reader.finish();
}

}  // namespace kforge::observe
