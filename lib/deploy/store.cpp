// SPDX-License-Identifier: Apache-2.0
#include "deploy/store.hpp"

namespace kforge::deploy {
namespace {

const std::string& kind_of(const kube::ObjectRef& ref) {
  return ref.kind.kind;
}

bool is_workload(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "Job";
}

bool is_fleeting(const std::string& kind) {
  return kind == "Pod" || kind == "ReplicaSet" || kind == "Event" || kind == "EndpointSlice";
}

// Whether every label of the selector is among the labels.
bool selects(const Json& selector, const Json& labels) {
  if (!selector.is_object() || selector.empty()) return false;
  for (auto it = selector.begin(); it != selector.end(); ++it) {
    const auto found = labels.find(it.key());
    if (found == labels.end() || *found != *it) return false;
  }
  return true;
}

void set_member(std::set<std::string>& uids, const std::string& uid, bool present) {
  if (present)
    uids.insert(uid);
  else
    uids.erase(uid);
}

}  // namespace

void Store::replace(Source source, std::vector<Json> objects) {
  Uids gone = by_source_[source];
  for (Json& object : objects) {
    gone.erase(kube::uid_of(object));
    put(source, std::move(object));
  }
  for (const std::string& uid : gone) remove(uid);
}

void Store::put(Source source, Json object) {
  const std::string uid = kube::uid_of(object);
  const auto before = entries_.find(uid);
  if (before != entries_.end()) index(*before->second, false);
  auto entry = std::make_unique<Entry>(Entry{std::move(object), {}, source});
  entry->ref = kube::ref_of(entry->object);
  index(*entry, true);
  touch(*entry);
  entries_[uid] = std::move(entry);
}

void Store::remove(const std::string& uid) {
  const auto found = entries_.find(uid);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  touch(entry);
  index(entry, false);
  if (!is_fleeting(kind_of(entry.ref))) removed_[entry.ref] = std::move(entry.object);
  entries_.erase(found);
}

void Store::index(const Entry& entry, bool present) {
  const std::string uid = kube::uid_of(entry.object);
  const std::string& name_space = entry.ref.name_space;
  set_member(by_source_[entry.source], uid, present);
  set_member(by_kind_[{name_space, kind_of(entry.ref)}], uid, present);
  for (const Json& owner : at_path(entry.object, {"metadata", "ownerReferences"}))
    set_member(children_[string_at(owner, {"uid"})], uid, present);
  if (kind_of(entry.ref) == "Event")
    set_member(events_[string_at(entry.object, {"involvedObject", "uid"})], uid, present);
  if (kind_of(entry.ref) == "EndpointSlice")
    set_member(slices_[{name_space, string_at(entry.object, {"metadata", "labels", "kubernetes.io/service-name"})}],
               uid, present);
  // A name that was taken over by a new object keeps pointing to that.
  if (present)
    by_ref_[entry.ref] = uid;
  else if (const auto found = by_ref_.find(entry.ref); found != by_ref_.end() && found->second == uid)
    by_ref_.erase(found);
}

void Store::touch(const Entry& entry) {
  const std::string& kind = kind_of(entry.ref);
  touched_.insert(entry.ref);
  for (const Json& owner : at_path(entry.object, {"metadata", "ownerReferences"}))
    touch_owners(string_at(owner, {"uid"}));
  if (kind == "Event") touch_owners(string_at(entry.object, {"involvedObject", "uid"}));
  if (kind == "EndpointSlice")
    touched_.insert({schema::kind_name("v1", "Service"), entry.ref.name_space,
                     string_at(entry.object, {"metadata", "labels", "kubernetes.io/service-name"})});
  if (kind == "PersistentVolumeClaim") touch_kind(entry.ref.name_space, "StatefulSet");
  if (kind == "Node") touch_workloads();
  if (is_workload(kind)) touch_services_of(entry);
}

void Store::touch_owners(const std::string& uid) {
  const auto found = entries_.find(uid);
  if (found == entries_.end()) return;
  touched_.insert(found->second->ref);
  for (const Json& owner : at_path(found->second->object, {"metadata", "ownerReferences"}))
    touch_owners(string_at(owner, {"uid"}));
}

void Store::touch_kind(const std::string& name_space, const std::string& kind) {
  const auto found = by_kind_.find({name_space, kind});
  if (found == by_kind_.end()) return;
  for (const std::string& uid : found->second) touched_.insert(entries_.at(uid)->ref);
}

void Store::touch_workloads() {
  for (const auto& [where, uids] : by_kind_)
    if (is_workload(where.second))
      for (const std::string& uid : uids) touched_.insert(entries_.at(uid)->ref);
}

void Store::touch_services_of(const Entry& workload) {
  const auto services = by_kind_.find({workload.ref.name_space, "Service"});
  if (services == by_kind_.end()) return;
  const Json& labels = at_path(workload.object, {"spec", "template", "metadata", "labels"});
  for (const std::string& uid : services->second) {
    const Entry& service = *entries_.at(uid);
    if (selects(at_path(service.object, {"spec", "selector"}), labels)) touched_.insert(service.ref);
  }
}

const Json* Store::find(const kube::ObjectRef& ref) const {
  const auto found = by_ref_.find(ref);
  return found == by_ref_.end() ? nullptr : find_uid(found->second);
}

const Json* Store::find_uid(const std::string& uid) const {
  const auto found = entries_.find(uid);
  return found == entries_.end() ? nullptr : &found->second->object;
}

const Json* Store::last_state(const kube::ObjectRef& ref) const {
  const auto found = removed_.find(ref);
  return found == removed_.end() ? nullptr : &found->second;
}

void Store::add_kind(const std::string& name_space, const std::string& kind, std::vector<const Json*>& out) const {
  const auto found = by_kind_.find({name_space, kind});
  if (found == by_kind_.end()) return;
  for (const std::string& uid : found->second) out.push_back(&entries_.at(uid)->object);
}

void Store::add_events(const std::string& uid, rollout::Surroundings& around) const {
  const auto found = events_.find(uid);
  if (found == events_.end()) return;
  for (const std::string& event : found->second) around.events.push_back(&entries_.at(event)->object);
}

// What the object owns, what that owns in turn, and the events of all of them.
void Store::add_family(const std::string& uid, rollout::Surroundings& around) const {
  add_events(uid, around);
  const auto found = children_.find(uid);
  if (found == children_.end()) return;
  for (const std::string& child : found->second) {
    const Entry& entry = *entries_.at(child);
    if (kind_of(entry.ref) == "Pod") around.pods.push_back(&entry.object);
    if (kind_of(entry.ref) == "ReplicaSet") around.replica_sets.push_back(&entry.object);
    add_family(child, around);
  }
}

void Store::add_targets(const Json& service, const kube::ObjectRef& ref, rollout::Surroundings& around) const {
  for (const char* workload : {"Deployment", "StatefulSet", "DaemonSet"})
    add_kind(ref.name_space, workload, around.workloads);
  const Json& selector = at_path(service, {"spec", "selector"});
  std::erase_if(around.workloads, [&](const Json* workload) {
    return !selects(selector, at_path(*workload, {"spec", "template", "metadata", "labels"}));
  });
  if (around.workloads.empty()) {
    // Nothing of the project is meant: pods of others, or nothing at all.
    for (const char* workload : {"Deployment", "StatefulSet", "DaemonSet"})
      add_kind(ref.name_space, workload, around.workloads);
    add_kind(ref.name_space, "Pod", around.pods);
  }
  const auto slices = slices_.find({ref.name_space, ref.name});
  if (slices == slices_.end()) return;
  for (const std::string& uid : slices->second) around.endpoint_slices.push_back(&entries_.at(uid)->object);
}

rollout::Surroundings Store::around(const Json& live) const {
  const kube::ObjectRef ref = kube::ref_of(live);
  const std::string& kind = kind_of(ref);
  rollout::Surroundings around;
  add_family(kube::uid_of(live), around);
  if (kind == "StatefulSet" || kind == "PersistentVolumeClaim" || kind == "Pod") {
    add_kind(ref.name_space, "PersistentVolumeClaim", around.claims);
    for (const Json* claim : around.claims)
      if (claim != &live) add_events(kube::uid_of(*claim), around);
    add_kind("", "StorageClass", around.storage_classes);
  }
  if (is_workload(kind)) add_kind("", "Node", around.nodes);
  if (kind == "Service") add_targets(live, ref, around);
  // Without its ReplicaSets (the account may not see them), a Deployment's pods are found by their names.
  if (kind == "Deployment" && around.replica_sets.empty()) add_kind(ref.name_space, "Pod", around.pods);
  return around;
}

std::set<kube::ObjectRef> Store::take_touched() {
  return std::exchange(touched_, {});
}

}  // namespace kforge::deploy
