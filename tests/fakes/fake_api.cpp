// SPDX-License-Identifier: Apache-2.0
// The state of a FakeCluster: what stands in it, who watches, what reacts.
#include "tests/fakes/fake_api.hpp"

#include "base/text.hpp"
#include "kube/object.hpp"

#include <algorithm>
#include <stdexcept>

namespace kforge::tests {
namespace {

bool is_null_or_empty(const Json& value) {
  return value.is_null() || value.empty();
}

// What does not count as a change of the desired state (metadata.generation).
Json desired_state(Json object) {
  object.erase("metadata");
  object.erase("status");
  return object;
}

// Kinds that have no desired state apart from what they hold.
bool has_generation(const std::string& kind) {
  return kind != "ConfigMap" && kind != "Secret" && kind != "ServiceAccount";
}

}  // namespace

FakeCluster::FakeCluster(FakeClock& fake_clock) : FakeTransport(fake_clock) {
  connection_.base_url = "https://test-cluster:6443";
  for (const schema::Kind& kind : schema::Table::embedded().kinds())
    kinds_.push_back(
        {kind.name.group, kind.name.version, kind.name.kind, std::string(kind.plural), kind.namespaced, &kind});
}

kube::ClusterAccess FakeCluster::access() const {
  kube::ClusterAccess access;
  access.connection = connection_;
  access.context = "test";
  access.cluster = "test-cluster";
  access.user = "tester";
  access.method = kube::AuthMethod::token;
  access.token = Secret("test-token");
  access.ca_source = "inline";
  access.sources = {"test"};
  return access;
}

void FakeCluster::serve(const CustomKind& kind) {
  kinds_.push_back({kind.group, kind.version, kind.kind, kind.plural, kind.namespaced, nullptr});
}

const FakeCluster::Served& FakeCluster::served_kind(const std::string& kind) const {
  // The core group first, so that "Event" is the one of v1.
  const Served* found = nullptr;
  for (const Served& row : kinds_)
    if (row.kind == kind && (found == nullptr || row.group.empty())) found = &row;
  if (found == nullptr) throw std::logic_error("FakeCluster serves no kind '" + kind + "'");
  return *found;
}

std::optional<Json> FakeCluster::find(const std::string& kind, const std::string& name_space,
                                      const std::string& name) const {
  const Served& served = served_kind(kind);
  const auto found = objects_.find({served.group, served.plural, name_space, name});
  if (found == objects_.end()) return std::nullopt;
  return found->second;
}

std::vector<Json> FakeCluster::all(const std::string& kind) const {
  const Served& served = served_kind(kind);
  std::vector<Json> found;
  for (const auto& [key, object] : objects_)
    if (key.group == served.group && key.plural == served.plural) found.push_back(object);
  return found;
}

void FakeCluster::put(Json object) {
  const Served& kind = served_kind(string_at(object, {"kind"}));
  const std::string name_space = string_at(object, {"metadata", "namespace"}),
                    name = string_at(object, {"metadata", "name"});
  if (kind.namespaced == name_space.empty()) throw std::logic_error("FakeCluster::put: namespace of " + object.dump());
  const std::optional<Json> before = find(kind.kind, name_space, name);
  store(kind, with_server_fields(kind, std::move(object), before));
}

void FakeCluster::edit(const std::string& kind, const std::string& name_space, const std::string& name,
                       const Edit& change) {
  std::optional<Json> object = find(kind, name_space, name);
  if (!object) throw std::logic_error("FakeCluster::edit: no " + kind + " " + name_space + "/" + name);
  const Json before = *object;
  change(*object);
  const Served& served = served_kind(kind);
  const bool finalized = object->at("metadata").contains("deletionTimestamp") &&
                         is_null_or_empty(at_path(*object, {"metadata", "finalizers"}));
  if (finalized) return erase({served.group, served.plural, name_space, name});
  if (*object != before) store(served, with_server_fields(served, std::move(*object), before));
}

void FakeCluster::set_status(const std::string& kind, const std::string& name_space, const std::string& name,
                             const Json& status) {
  edit(kind, name_space, name, [&](Json& object) { object["status"] = status; });
}

void FakeCluster::remove(const std::string& kind, const std::string& name_space, const std::string& name) {
  const Served& served = served_kind(kind);
  erase({served.group, served.plural, name_space, name});
}

void FakeCluster::set_log(const std::string& name_space, const std::string& pod, const std::string& text,
                          bool previous) {
  logs_[name_space + "/" + pod + (previous ? "/previous" : "")] = text;
}

// uid, creation time and generation; a Namespace becomes Active, a Service gets an address.
Json FakeCluster::with_server_fields(const Served& kind, Json object, const std::optional<Json>& before) {
  Json& metadata = object["metadata"];
  if (before) {
    for (const char* field : {"uid", "creationTimestamp"}) metadata[field] = before->at("metadata").at(field);
    if (!has_generation(kind.kind)) return object;
    const std::int64_t generation = int_at(*before, {"metadata", "generation"}, 1);
    metadata["generation"] = generation + (desired_state(object) == desired_state(*before) ? 0 : 1);
    return object;
  }
  if (!metadata.contains("uid")) metadata["uid"] = "00000000-0000-4000-8000-" + std::to_string(100000000000 + ++uids_);
  if (!metadata.contains("creationTimestamp")) metadata["creationTimestamp"] = format_rfc3339(clock().wall_time());
  if (!metadata.contains("generation") && has_generation(kind.kind)) metadata["generation"] = 1;
  if (kind.kind == "Namespace" && !object.contains("status")) object["status"] = {{"phase", "Active"}};
  if (kind.kind == "Service" && string_at(object, {"spec", "type"}) != "ExternalName" &&
      at_path(object, {"spec", "clusterIP"}).is_null())
    object["spec"]["clusterIP"] = "10.96.0." + std::to_string(10 + uids_ % 200);
  return object;
}

void FakeCluster::store(const Served& kind, Json object) {
  const Key key{kind.group, kind.plural, string_at(object, {"metadata", "namespace"}),
                string_at(object, {"metadata", "name"})};
  const auto before = objects_.find(key);
  Change change{++version_, key, before == objects_.end() ? "ADDED" : "MODIFIED", nullptr, nullptr};
  if (before != objects_.end()) change.before = before->second;
  object["apiVersion"] = kind.api_version();
  object["kind"] = kind.kind;
  object["metadata"]["resourceVersion"] = std::to_string(version_);
  change.after = objects_[key] = std::move(object);
  const bool new_namespace = kind.kind == "Namespace" && change.type == "ADDED";
  publish(std::move(change));
  if (new_namespace)
    put({{"apiVersion", "v1"},
         {"kind", "ServiceAccount"},
         {"metadata", {{"name", "default"}, {"namespace", key.name}}}});
}

// Removes an object and what it owns, as the garbage collector does.
void FakeCluster::erase(const Key& key) {
  const auto found = objects_.find(key);
  if (found == objects_.end()) return;
  Json object = std::move(found->second);
  objects_.erase(found);
  Change change{++version_, key, "DELETED", object, object};
  change.after["metadata"]["resourceVersion"] = std::to_string(version_);
  publish(std::move(change));
  std::vector<Key> owned;
  for (const auto& [other, candidate] : objects_)
    for (const Json& owner : at_path(candidate, {"metadata", "ownerReferences"}))
      if (owner["uid"] == object["metadata"]["uid"]) owned.push_back(other);
  for (const Key& other : owned) erase(other);
}

void FakeCluster::empty_namespace(const std::string& name_space) {
  std::vector<Key> members;
  for (const auto& [key, object] : objects_)
    if (key.name_space == name_space) members.push_back(key);
  for (const Key& key : members) erase(key);
  erase({"", "namespaces", "", name_space});
}

void FakeCluster::publish(Change change) {
  history_.push_back(std::move(change));
  const Change& latest = history_.back();
  for (const Watch& watch : watches_) notify(watch, latest);
}

// A selector turns "matches no longer" into DELETED and "matches now" into ADDED.
void FakeCluster::notify(const Watch& watch, const Change& change) {
  const ApiCall& call = watch.call;
  if (change.key.group != call.group || change.key.plural != call.plural) return;
  if (!call.name_space.empty() && change.key.name_space != call.name_space) return;
  const auto matches = [&](const Json& object) {
    return !object.is_null() && matches_labels(object, call.query_or("labelSelector")) &&
           matches_fields(object, call.query_or("fieldSelector"));
  };
  const bool before = matches(change.before), after = change.type != "DELETED" && matches(change.after);
  if (before && after) push(watch.id, line("MODIFIED", change.after));
  if (!before && after) push(watch.id, line("ADDED", change.after));
  if (before && !after) push(watch.id, line("DELETED", change.after));
}

std::string FakeCluster::line(const std::string& type, const Json& object) const {
  return Json{{"type", type}, {"object", object}}.dump() + "\n";
}

Json FakeCluster::bookmark(const ApiCall& call) const {
  const Served* kind = served(call);
  return {{"kind", kind->kind},
          {"apiVersion", kind->api_version()},
          {"metadata", {{"resourceVersion", std::to_string(version_)}}}};
}

void FakeCluster::send_bookmarks() {
  for (const Watch& watch : watches_) push(watch.id, line("BOOKMARK", bookmark(watch.call)));
}

void FakeCluster::end_watches(http::Failure failure) {
  for (const Watch& watch : std::exchange(watches_, {})) finish(watch.id, failure);
}

void FakeCluster::compact() {
  history_.clear();
  compacted_ = ++version_;
}

void FakeCluster::when_written(const std::string& kind, const std::string& name, Milliseconds delay,
                               Reaction reaction) {
  reactions_.push_back({kind, name, "written", delay, std::move(reaction)});
}

void FakeCluster::when_deleted(const std::string& kind, const std::string& name, Milliseconds delay,
                               Reaction reaction) {
  reactions_.push_back({kind, name, "deleted", delay, std::move(reaction)});
}

void FakeCluster::react(const Served& kind, const Json& object, const std::string& event) {
  const std::string name = string_at(object, {"metadata", "name"});
  for (const ReactionRow& row : reactions_) {
    if (row.event != event || row.kind != kind.kind || (!row.name.empty() && row.name != name)) continue;
    schedule(row.delay, [this, reaction = row.reaction, object] { reaction(*this, object); });
  }
}

void FakeCluster::fault(std::size_t index, Reply reply) {
  faults_[index] = std::move(reply);
}

void FakeCluster::forbid(const std::string& verb, const std::string& plural, const std::string& name_space) {
  denials_.push_back({verb, plural, name_space});
}

void FakeCluster::refuse(const std::string& kind, const std::string& name, Reply reply) {
  refusals_[{kind, name}] = std::move(reply);
}

void FakeCluster::accept(const std::string& kind, const std::string& name) {
  refusals_.erase({kind, name});
}

void FakeCluster::warn(const std::string& kind, const std::string& text) {
  warnings_[kind] = text;
}

}  // namespace kforge::tests
