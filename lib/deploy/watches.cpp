// SPDX-License-Identifier: Apache-2.0
#include "deploy/watches.hpp"

#include "deploy/names.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kforge::deploy {
namespace {

constexpr std::array<std::string_view, 11> waited_kinds = {"Namespace",
                                                           "Deployment",
                                                           "StatefulSet",
                                                           "DaemonSet",
                                                           "ReplicaSet",
                                                           "Pod",
                                                           "Job",
                                                           "Service",
                                                           "PersistentVolumeClaim",
                                                           "APIService",
                                                           "CustomResourceDefinition"};

const schema::Kind* known(std::string_view api_version, std::string_view kind) {
  return schema::Table::embedded().find(schema::kind_name(api_version, kind));
}

bool is_kind(const Change& change, std::string_view kind) {
  return change.ref.kind.kind == kind;
}

bool has_pods(const Change& change) {
  return is_kind(change, "Deployment") || is_kind(change, "StatefulSet") || is_kind(change, "DaemonSet") ||
         is_kind(change, "ReplicaSet") || is_kind(change, "Job") || is_kind(change, "Pod");
}

const Json& pod_metadata(const Change& change) {
  return is_kind(change, "Pod") ? at_path(change.intent(), {"metadata"})
                                : at_path(change.intent(), {"spec", "template", "metadata"});
}

bool is_labelled(const Json& metadata, const std::string& project) {
  return string_at(metadata, {"labels", project_label}) == project;
}

bool selects_pods_of(const Change& service, const Change& workload) {
  if (!has_pods(workload) || workload.ref.name_space != service.ref.name_space) return false;
  const Json& labels = at_path(pod_metadata(workload), {"labels"});
  const Json& selector = at_path(service.intent(), {"spec", "selector"});
  return std::ranges::all_of(selector.items(), [&](const auto& pair) {
    const auto found = labels.find(pair.key());
    return found != labels.end() && *found == pair.value();
  });
}

// What one namespace of a stage needs.
class NamespaceNeeds {
 public:
  NamespaceNeeds(std::string name_space, std::vector<const Change*> changes, const std::string& project)
      : name_space_(std::move(name_space)), changes_(std::move(changes)), project_(project) {}

  void add_to(std::vector<WatchNeed>& needs) const {
    std::set<const schema::Kind*> kinds;
    for (const Change* change : changes_) kinds.insert(change->kind);
    for (const schema::Kind* kind : kinds) add(needs, kind, project_selector(project_), Necessity::required);
    if (any([](const Change& change) { return has_pods(change); }) || !services_are_known())
      if (!kinds.contains(known("v1", "Pod"))) add(needs, known("v1", "Pod"), pod_selector(), Necessity::helpful);
    if (any([](const Change& change) { return is_kind(change, "Deployment"); }))
      add(needs, known("apps/v1", "ReplicaSet"), pod_selector(), Necessity::helpful);
    if (any([](const Change& change) { return is_kind(change, "Service"); }))
      add(needs, known("discovery.k8s.io/v1", "EndpointSlice"), project_selector(project_), Necessity::helpful);
    if (any([](const Change& change) { return is_kind(change, "StatefulSet"); }))
      if (!kinds.contains(known("v1", "PersistentVolumeClaim")))
        add(needs, known("v1", "PersistentVolumeClaim"), "", Necessity::helpful);
    if (!name_space_.empty()) add(needs, known("v1", "Event"), "", Necessity::helpful);
  }

 private:
  template <class Predicate>
  bool any(Predicate predicate) const {
    return std::ranges::any_of(changes_, [&](const Change* change) { return predicate(*change); });
  }

  void add(std::vector<WatchNeed>& needs, const schema::Kind* kind, std::string selector, Necessity necessity) const {
    if (kind == nullptr) return;
    needs.push_back({{.kind = kind,
                      .name_space = kind->namespaced ? name_space_ : std::string(),
                      .label_selector = std::move(selector),
                      .field_selector = {}},
                     necessity});
  }

  // Pods (and ReplicaSets, which have the same labels) are narrowed only when every template has the label and no
  // Service means the pods of somebody else.
  std::string pod_selector() const {
    const bool all_labelled = std::ranges::all_of(changes_, [&](const Change* change) {
      return !has_pods(*change) || is_labelled(pod_metadata(*change), project_);
    });
    return all_labelled && services_are_known() ? project_selector(project_) : std::string();
  }

  bool services_are_known() const {
    return std::ranges::all_of(changes_, [&](const Change* service) {
      return !is_kind(*service, "Service") ||
             any([&](const Change& other) { return selects_pods_of(*service, other); });
    });
  }

  std::string name_space_;
  std::vector<const Change*> changes_;
  const std::string& project_;
};

}  // namespace

bool is_waited_for(const Change& change) {
  if (is_kind(change, "Service")) {
    const Json& selector = at_path(change.intent(), {"spec", "selector"});
    return selector.is_object() && !selector.empty() && string_at(change.intent(), {"spec", "type"}) != "ExternalName";
  }
  if (change.finished_before) return false;
  const bool custom = schema::Table::embedded().find(change.ref.kind) == nullptr;
  return custom || std::ranges::find(waited_kinds, change.ref.kind.kind) != waited_kinds.end();
}

std::vector<WatchNeed> watch_needs(const std::vector<Change*>& changes, const std::string& project) {
  std::map<std::string, std::vector<const Change*>> by_namespace;
  for (const Change* change : changes)
    if (change->kind != nullptr && is_waited_for(*change)) by_namespace[change->ref.name_space].push_back(change);
  std::vector<WatchNeed> needs;
  bool claims = false, nodes = false;
  for (auto& [name_space, members] : by_namespace) {
    for (const Change* change : members) {
      claims = claims || is_kind(*change, "StatefulSet") || is_kind(*change, "PersistentVolumeClaim");
      nodes = nodes || is_kind(*change, "DaemonSet");
    }
    NamespaceNeeds(name_space, std::move(members), project).add_to(needs);
  }
  if (claims) needs.push_back({{.kind = known("storage.k8s.io/v1", "StorageClass")}, Necessity::helpful});
  if (nodes) needs.push_back(node_need());
  return needs;
}

WatchNeed node_need() {
  return {{.kind = known("v1", "Node")}, Necessity::helpful};
}

}  // namespace kforge::deploy
