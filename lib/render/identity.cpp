// SPDX-License-Identifier: Apache-2.0
#include "render/identity.hpp"

#include <cctype>
#include <string>

namespace kforge::render {
namespace {

void label_object(Json& labels, const Workload& workload, const project::Project& project) {
  if (!workload.component.empty()) {
    labels["app.kubernetes.io/name"] = workload.name;
    labels["app.kubernetes.io/instance"] = workload.name;
    labels["app.kubernetes.io/component"] = workload.component;
  }
  if (!workload.service.empty()) labels["kforge.dev/service"] = workload.service;
  labels["app.kubernetes.io/part-of"] = project.name;
  labels["tier"] = std::string(to_string(workload.tier));
}

// Pod labels leave out what changes without the pods changing: version, environment, ApplySet.
void label_pods(Json& labels, const Workload& workload, const project::Project& project) {
  labels = selector_of(workload);
  labels["app.kubernetes.io/component"] = workload.component;
  labels["app.kubernetes.io/part-of"] = project.name;
  labels["kforge.dev/project"] = project.name;
  labels["kforge.dev/service"] = workload.service;
  labels["tier"] = std::string(to_string(workload.tier));
}

void select_in_pod_spec(Json& pod, const Json& selector) {
  if (const auto spread = pod.find("topologySpreadConstraints"); spread != pod.end())
    for (Json& constraint : *spread) constraint["labelSelector"]["matchLabels"] = selector;
  if (const auto affinity = pod.find("affinity"); affinity != pod.end())
    for (Json& term : (*affinity)["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"])
      term["podAffinityTerm"]["labelSelector"]["matchLabels"] = selector;
}

// Only on what runs the image: another version must not rewrite every object of a service.
void label_version(Json& manifest, const Workload& workload) {
  if (!workload.version.empty() && at_path(manifest, {"spec", "template"}).is_object())
    manifest["metadata"]["labels"]["app.kubernetes.io/version"] = workload.version;
}

void select(Json& manifest, const Workload& workload, const project::Project& project) {
  const auto spec = manifest.find("spec");
  if (spec == manifest.end()) return;
  if (const auto selector = spec->find("selector"); selector != spec->end()) {
    Json& labels = selector->contains("matchLabels") ? (*selector)["matchLabels"] : *selector;
    labels = selector_of(workload);
  }
  if (const auto pods = spec->find("template"); pods != spec->end()) {
    label_pods((*pods)["metadata"]["labels"], workload, project);
    select_in_pod_spec((*pods)["spec"], selector_of(workload));
  }
}

}  // namespace

void identify(Json& manifest, const Workload& workload, const Drafts& drafts) {
  Json& metadata = manifest["metadata"];
  if (metadata.contains("namespace") && workload.tier != project::Tier::namespaces)
    metadata["namespace"] = drafts.project.namespaces.of(workload.tier);
  label_object(metadata["labels"], workload, drafts.project);
  label_version(manifest, workload);
  if (!workload.component.empty()) select(manifest, workload, drafts.project);
}

void mark_member(Json& manifest, const Drafts& drafts) {
  const project::Project& project = drafts.project;
  Json& labels = manifest["metadata"]["labels"];
  for (const auto& [name, value] : project.defaults.labels)
    if (!labels.contains(name)) labels[name] = value;
  if (!project.environment.empty()) labels["kforge.dev/environment"] = project.environment;
  labels["app.kubernetes.io/managed-by"] = "kforge";
  labels["applyset.kubernetes.io/part-of"] = drafts.applyset;
  labels["kforge.dev/project"] = project.name;
}

Json selector_of(const Workload& workload) {
  return {{"app.kubernetes.io/name", workload.name}, {"app.kubernetes.io/instance", workload.name}};
}

std::string image_version(std::string_view image) {
  constexpr std::string_view digest_mark = "@sha256:";
  std::string_view version;
  const std::size_t digest = image.find(digest_mark);
  const std::string_view name = image.substr(0, digest);
  if (const std::size_t colon = name.rfind(':'); colon != name.npos && name.find('/', colon) == name.npos)
    version = name.substr(colon + 1);
  else if (digest != image.npos)
    version = image.substr(digest + digest_mark.size(), 12);
  std::string label;
  for (const char c : version.substr(0, 63)) {
    const bool allowed = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
    label += allowed ? c : '-';
  }
  const auto alphanumeric = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  while (!label.empty() && !alphanumeric(label.back())) label.pop_back();
  while (!label.empty() && !alphanumeric(label.front())) label.erase(0, 1);
  return label;
}

}  // namespace kforge::render
