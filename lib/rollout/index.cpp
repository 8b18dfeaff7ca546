// SPDX-License-Identifier: Apache-2.0
#include "rollout/index.hpp"

#include "rollout/event_reading.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

const std::vector<const Json*> nothing;

template <class Groups>
const std::vector<const Json*>& group_in(const Groups& groups, std::string_view key) {
  const auto found = groups.find(key);
  return found == groups.end() ? nothing : found->second;
}

std::string path_key(std::string_view name_space, std::string_view name) {
  return fmt::format("{}/{}", name_space, name);
}

// Where the children of an owner are filed: by its UID, otherwise by what it is called.
std::string owner_key(std::string_view uid, std::string_view name_space, std::string_view kind, std::string_view name) {
  return uid.empty() ? fmt::format("{}/{}/{}", name_space, kind, name) : std::string(uid);
}
std::string key_as_owner(const Json& owner) {
  return owner_key(uid_of(owner), namespace_of(owner), kind_of(owner), name_of(owner));
}

bool is_workload(const Json& object) {
  const std::string_view kind = kind_of(object);
  return group_of(object) == "apps" &&
         (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet");
}

// Labels under which something can be selected: those of the pod template, or of a pod without a controller.
const Json& selectable_labels(const Json& object, bool workload) {
  return workload ? at_path(object, {"spec", "template", "metadata", "labels"})
                  : at_path(object, {"metadata", "labels"});
}

std::string label_key(std::string_view name_space, std::string_view key, std::string_view value) {
  return fmt::format("{}/{}={}", name_space, key, value);
}

void append(std::vector<const Json*>& to, const std::vector<const Json*>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

Index::Index(const std::vector<const Json*>& objects) {
  for (const Json* object : objects) add(*object);
}

void Index::add(const Json& object) {
  const std::string_view kind = kind_of(object), name_space = namespace_of(object);
  if (kind == "Event") {
    events_[std::string(event_subject(object))].push_back(&object);
    return;
  }
  const Json& owner = controller_of(object);
  const bool controlled = !owner.is_null(), pod = kind == "Pod", workload = !pod && is_workload(object);
  if (controlled) add_child(object, owner);
  if (workload) workloads_of_[std::string(name_space)].push_back(&object);
  if (!controlled && (workload || pod))
    for (const auto& [key, value] : selectable_labels(object, workload).items())
      if (value.is_string())
        labelled_[label_key(name_space, key, value.get_ref<const std::string&>())].push_back(&object);
  if (!pod && !workload) add_support(object, kind);
}

void Index::add_child(const Json& object, const Json& owner) {
  const std::string_view name_space = namespace_of(object), owner_kind = text_at(owner, {"kind"});
  children_[owner_key(text_at(owner, {"uid"}), name_space, owner_kind, text_at(owner, {"name"}))].push_back(&object);
  if (owner_kind == "ReplicaSet" && kind_of(object) == "Pod")
    replica_set_pods_[std::string(name_space)].push_back(&object);
}

// What stands around workloads.
void Index::add_support(const Json& object, std::string_view kind) {
  if (kind == "PersistentVolumeClaim") {
    claims_[path_key(namespace_of(object), name_of(object))].push_back(&object);
  } else if (kind == "EndpointSlice") {
    const std::string_view service = text_at(object, {"metadata", "labels", "kubernetes.io/service-name"});
    slices_[path_key(namespace_of(object), service)].push_back(&object);
    slices_of_[std::string(namespace_of(object))].push_back(&object);
  } else if (kind == "StorageClass") {
    storage_classes_.push_back(&object);
  } else if (kind == "Node") {
    nodes_.push_back(&object);
  }
}

void Index::add_pods_below(const Json& owner, Surroundings& around) const {
  for (const Json* child : group_in(children_, key_as_owner(owner))) {
    if (kind_of(*child) == "Pod") {
      around.pods.push_back(child);
    } else if (kind_of(*child) == "ReplicaSet" && kind_of(owner) == "Deployment") {
      around.replica_sets.push_back(child);
      add_pods_below(*child, around);
    }
  }
}

void Index::add_claims_of(const Json& pod, Surroundings& around) const {
  for (const Json& volume : list_at(pod, {"spec", "volumes"})) {
    const std::string_view name = text_at(volume, {"persistentVolumeClaim", "claimName"});
    if (!name.empty()) append(around.claims, group_in(claims_, path_key(namespace_of(pod), name)));
  }
}

void Index::add_events_of(Surroundings& around, const Json& live) const {
  if (events_.empty()) return;
  append(around.events, group_in(events_, uid_of(live)));
  for (const auto* group : {&around.pods, &around.replica_sets, &around.claims})
    for (const Json* object : *group)
      if (object != &live) append(around.events, group_in(events_, uid_of(*object)));
}

// Whatever has the first label of the selector; the rule compares the others.
void Index::add_targets_of(const Json& live, Surroundings& around) const {
  const Json& selector = at_path(live, {"spec", "selector"});
  const Json& pairs = kind_of(live) == "Service" ? selector : at_path(selector, {"matchLabels"});
  if (!pairs.is_object() || pairs.empty() || !pairs.begin().value().is_string()) return;
  const auto first = pairs.begin();
  for (const Json* object :
       group_in(labelled_, label_key(namespace_of(live), first.key(), first.value().get_ref<const std::string&>())))
    (is_workload(*object) ? around.workloads : around.pods).push_back(object);
}

Surroundings Index::around(const Json& live) const {
  Surroundings around;
  around.storage_classes = storage_classes_;
  around.nodes = nodes_;
  const std::string_view kind = kind_of(live);
  if (kind == "Service" || kind == "PodDisruptionBudget") {
    add_targets_of(live, around);
    around.endpoint_slices = group_in(slices_, path_key(namespace_of(live), name_of(live)));
    if (around.workloads.empty()) around.workloads = group_in(workloads_of_, namespace_of(live));
    if (around.endpoint_slices.empty()) around.endpoint_slices = group_in(slices_of_, namespace_of(live));
  } else if (kind == "Pod") {
    around.pods.push_back(&live);
  } else {
    add_pods_below(live, around);
    // Without its ReplicaSets, a Deployment's pods are found by its selector.
    if (kind == "Deployment" && around.replica_sets.empty())
      around.pods = group_in(replica_set_pods_, namespace_of(live));
  }
  for (const Json* pod : around.pods) add_claims_of(*pod, around);
  add_events_of(around, live);
  return around;
}

}  // namespace kforge::rollout
