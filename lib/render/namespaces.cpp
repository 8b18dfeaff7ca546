// SPDX-License-Identifier: Apache-2.0
#include "render/bases.hpp"
#include "render/components.hpp"

#include <fmt/format.h>

#include <map>

namespace kforge::render {
namespace {

// A namespace that several tiers share belongs to none of them alone.
std::map<std::string, std::vector<project::Tier>> used_namespaces(const project::Project& project) {
  std::map<std::string, std::vector<project::Tier>> used;
  for (const project::Tier tier : used_tiers(project)) used[project.namespaces.of(tier)].push_back(tier);
  return used;
}

}  // namespace

std::vector<project::Tier> used_tiers(const project::Project& project) {
  using enum project::Tier;
  const auto has_manifests = [&](project::Tier tier) {
    for (const project::OwnManifest& own : project.manifests)
      if (own.tier == tier) return true;
    return false;
  };
  std::vector<project::Tier> used;
  if (project.database || has_manifests(database)) used.push_back(database);
  if (project.auth || has_manifests(auth)) used.push_back(auth);
  if (!project.services.empty() || has_manifests(backend)) used.push_back(backend);
  if (project.gateway || has_manifests(gateway)) used.push_back(gateway);
  return used;
}

void draft_namespaces(Drafts& drafts) {
  const project::Project& project = drafts.project;
  if (!project.namespaces.create) return;
  const Workload& workload =
      drafts.begin({.tier = project::Tier::namespaces, .origin = project.place_of({"namespaces"})});
  for (const auto& [name, tiers] : used_namespaces(project)) {
    Json scope = base("namespaces/namespace", "Namespace/backend");
    scope["metadata"]["name"] = name;
    for (const char* mode : {"audit", "enforce", "warn"})
      scope["metadata"]["labels"][fmt::format("pod-security.kubernetes.io/{}", mode)] = project.namespaces.pod_security;
    Json limits = base("namespaces/namespace", "LimitRange/defaults");
    limits["metadata"]["namespace"] = name;
    for (Json* manifest : {&scope, &limits}) {
      Json& labels = drafts.add(workload, std::move(*manifest)).manifest["metadata"]["labels"];
      if (tiers.size() == 1)
        labels["tier"] = std::string(to_string(tiers.front()));
      else
        labels.erase("tier");
    }
  }
}

}  // namespace kforge::render
