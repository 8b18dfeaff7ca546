// SPDX-License-Identifier: Apache-2.0
#include "deploy/applyset.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"
#include "render/render.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

// Which kind has members where: the KEP's own annotations say it only for all kinds and all namespaces together.
constexpr const char* places_annotation = "kforge.dev/contains";
constexpr const char* finished_jobs_annotation = "kforge.dev/finished-jobs";
// The version of the format, not of the binary: an upgrade of kforge alone changes nothing in the cluster.
constexpr const char* tooling = "kforge/1.0.0";

std::set<std::string> names_in(const Json& parent, const char* annotation) {
  std::set<std::string> names;
  for (const std::string& name : split(string_at(parent, {"metadata", "annotations", annotation}), ','))
    if (!name.empty()) names.insert(name);
  return names;
}

std::string listed(const std::set<std::string>& names) {
  return join({names.begin(), names.end()}, ",");
}

}  // namespace

kube::ObjectRef ApplySet::parent() const {
  return {schema::kind_name("v1", "Secret"), name_space, name};
}

ApplySet applyset_of(const project::Project& project) {
  ApplySet set{.project = project.name,
               .name = render::applyset_parent_name(project),
               .name_space = render::state_namespace(project),
               .id = {}};
  set.id = render::applyset_id(set.name, set.name_space, "Secret", "");
  return set;
}

void Extent::add(const kube::ObjectRef& object, const ApplySet& set) {
  group_kinds.insert(object.kind.group_kind());
  places.insert(object.kind.group_kind() + "/" + object.name_space);
  if (!object.name_space.empty() && object.name_space != set.name_space) namespaces.insert(object.name_space);
}

void Extent::unite(const Extent& other) {
  group_kinds.insert(other.group_kinds.begin(), other.group_kinds.end());
  namespaces.insert(other.namespaces.begin(), other.namespaces.end());
  places.insert(other.places.begin(), other.places.end());
  finished_jobs.insert(other.finished_jobs.begin(), other.finished_jobs.end());
}

Extent extent_of(const Json& parent) {
  return {.group_kinds = names_in(parent, group_kinds_annotation),
          .namespaces = names_in(parent, additional_namespaces_annotation),
          .places = names_in(parent, places_annotation),
          .finished_jobs = names_in(parent, finished_jobs_annotation)};
}

Json parent_manifest(const ApplySet& set, const Extent& extent) {
  Json annotations = {{tooling_annotation, tooling}, {group_kinds_annotation, listed(extent.group_kinds)}};
  if (!extent.namespaces.empty()) annotations[additional_namespaces_annotation] = listed(extent.namespaces);
  if (!extent.places.empty()) annotations[places_annotation] = listed(extent.places);
  if (!extent.finished_jobs.empty()) annotations[finished_jobs_annotation] = listed(extent.finished_jobs);
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "kforge.dev/project.v1"},
          {"metadata",
           {{"name", set.name},
            {"namespace", set.name_space},
            {"labels", {{applyset_id_label, set.id}, {project_label, set.project}, {managed_by_label, field_manager}}},
            {"annotations", std::move(annotations)}}},
          {"data", {{"project", base64_encode(set.project)}}}};
}

void check_parent(const Json& parent, const ApplySet& set) {
  const std::string tool = string_at(parent, {"metadata", "annotations", tooling_annotation});
  const std::string id = string_at(parent, {"metadata", "labels", applyset_id_label});
  const std::string base = tool.substr(0, tool.rfind('/'));
  const std::string what = fmt::format("Secret '{}' in namespace '{}'", set.name, set.name_space);
  if (!tool.empty() && base != "kforge")
    throw Error(ErrorKind::guard_refused, fmt::format("{} is the ApplySet of another tool, '{}'", what, tool))
        .hint("rename the project in kforge.yaml, or remove that ApplySet with its own tool");
  if (!id.empty() && id != set.id)
    throw Error(ErrorKind::guard_refused, fmt::format("{} has the ApplySet id '{}' instead of '{}'", what, id, set.id))
        .hint("somebody changed it: restore its label, or rename the project in kforge.yaml");
}

}  // namespace kforge::deploy
