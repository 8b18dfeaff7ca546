// SPDX-License-Identifier: Apache-2.0
#include "deploy/selection.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

// Where objects of the chosen services go: stage and namespace.
using Area = std::pair<project::Tier, std::string>;

std::string namespace_in(const render::Object& object) {
  return string_at(object.manifest, {"metadata", "namespace"});
}

std::set<Area> areas_of(const render::Rendered& rendered, const std::vector<std::string>& services) {
  std::set<Area> areas;
  for (const render::Object& object : rendered.objects)
    if (std::ranges::find(services, object.service) != services.end()) areas.emplace(object.tier, namespace_in(object));
  return areas;
}

bool is_selected(const render::Object& object, const std::vector<std::string>& services, const std::set<Area>& areas) {
  if (services.empty() || std::ranges::find(services, object.service) != services.end()) return true;
  return object.service.empty() && !namespace_in(object).empty() && areas.contains({object.tier, namespace_in(object)});
}

// v1 before v1beta1, v2 before v1.
bool is_newer(const std::string& version, const std::string& than) {
  return version.size() != than.size() ? version.size() < than.size() : version > than;
}

}  // namespace

std::vector<Change> selected_changes(const render::Rendered& rendered, const std::vector<std::string>& services) {
  const std::set<Area> areas = areas_of(rendered, services);
  std::vector<Change> changes;
  changes.reserve(rendered.objects.size());
  for (const render::Object& object : rendered.objects) {
    if (!is_selected(object, services, areas)) continue;
    Change& change = changes.emplace_back();
    change.object = &object;
    change.ref = kube::ref_of(object.manifest);
  }
  return changes;
}

std::set<std::string> namespaces_of(const std::vector<Change>& changes) {
  std::set<std::string> names;
  for (const Change& change : changes) {
    if (!change.ref.name_space.empty()) names.insert(change.ref.name_space);
    if (change.ref.kind.group.empty() && change.ref.kind.kind == "Namespace") names.insert(change.ref.name);
  }
  return names;
}

bool defined_in_run(const std::vector<Change>& changes, const schema::KindName& kind) {
  return std::ranges::any_of(changes, [&](const Change& change) {
    return change.ref.kind.kind == "CustomResourceDefinition" &&
           string_at(change.intent(), {"spec", "group"}) == kind.group &&
           string_at(change.intent(), {"spec", "names", "kind"}) == kind.kind;
  });
}

const std::map<std::string, schema::KindName>& newest_kinds() {
  static const std::map<std::string, schema::KindName> kinds = [] {
    std::map<std::string, schema::KindName> newest;
    for (const schema::KindName& name : schema::Table::embedded().names()) {
      const auto [place, first] = newest.emplace(name.group_kind(), name);
      if (!first && is_newer(name.version, place->second.version)) place->second = name;
    }
    return newest;
  }();
  return kinds;
}

std::set<Scope> scopes_of(const Extent& extent, const ApplySet& set) {
  std::set<std::string> namespaces = extent.namespaces;
  namespaces.insert(set.name_space);
  std::set<Scope> scopes;
  for (const std::string& group_kind : extent.group_kinds) {
    const auto found = newest_kinds().find(group_kind);
    if (found == newest_kinds().end()) continue;
    const schema::Kind* kind = schema::Table::embedded().find(found->second);
    if (!kind->namespaced) scopes.emplace(kind, "");
    if (!kind->namespaced) continue;
    for (const std::string& name_space : namespaces)
      if (extent.places.empty() || extent.places.contains(group_kind + "/" + name_space))
        scopes.emplace(kind, name_space);
  }
  return scopes;
}

void add_scopes(std::set<Scope>& scopes, const std::set<Scope>& more) {
  std::set<std::pair<std::string, std::string>> covered;
  for (const auto& [kind, name_space] : scopes) covered.emplace(kind->name.group_kind(), name_space);
  for (const Scope& scope : more)
    if (!covered.contains({scope.first->name.group_kind(), scope.second})) scopes.insert(scope);
}

}  // namespace kforge::deploy
