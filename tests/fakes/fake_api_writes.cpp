// SPDX-License-Identifier: Apache-2.0
// How a FakeCluster answers requests that write.
#include "base/text.hpp"
#include "tests/fakes/fake_api.hpp"
#include "tests/fakes/fake_ssa.hpp"

#include <fmt/format.h>

namespace kforge::tests {
namespace {

std::string conflict_text(const SsaConflict& conflict) {
  std::string text = fmt::format("conflict with \"{}\"", conflict.manager);
  if (conflict.operation == "Update") text += fmt::format(" using {} at {}", conflict.api_version, conflict.time);
  return text;
}

Reply conflict_reply(const std::vector<SsaConflict>& conflicts) {
  Json causes = Json::array();
  std::string list;
  for (const SsaConflict& conflict : conflicts) {
    causes.push_back(
        {{"reason", "FieldManagerConflict"}, {"message", conflict_text(conflict)}, {"field", conflict.field}});
    list += (list.empty() ? " " : "\n- ") + conflict_text(conflict) + ": " + conflict.field;
  }
  return Reply::status_error(409, "Conflict",
                             fmt::format("Apply failed with {}:{}", counted(conflicts.size(), "conflict"), list),
                             {{"causes", causes}});
}

}  // namespace

std::optional<Reply> FakeCluster::refused(const Served& kind, const ApiCall& call) const {
  const auto found = refusals_.find({kind.kind, call.name});
  if (found == refusals_.end()) return std::nullopt;
  return found->second;
}

Reply FakeCluster::write(const ApiCall& original, const Served& kind, const Received& received) {
  ApiCall call = original;
  if (call.name.empty()) call.name = string_at(received.json(), {"metadata", "name"});
  call.apply = contains(received.header("content-type"), "apply-patch");
  if (call.dry_run()) ++writes_.dry_runs;
  if (std::optional<Reply> no = refused(kind, call)) return *no;
  if (call.verb == "delete") return remove_object(call, kind, received);
  const auto space = objects_.find({"", "namespaces", "", call.name_space});
  if (kind.namespaced && space == objects_.end())
    return Reply::status_error(404, "NotFound", fmt::format("namespaces \"{}\" not found", call.name_space),
                               {{"name", call.name_space}, {"kind", "namespaces"}});
  const auto found = objects_.find({kind.group, kind.plural, call.name_space, call.name});
  std::optional<Json> before;
  if (found != objects_.end()) before = found->second;
  if (!before && kind.namespaced && space->second["metadata"].contains("deletionTimestamp"))
    return Reply::status_error(
        403, "Forbidden",
        fmt::format(
            "{} \"{}\" is forbidden: unable to create new content in namespace {} because it is being terminated",
            kind.plural, call.name, call.name_space),
        {{"causes", {{{"reason", "NamespaceTerminating"}, {"field", "metadata.namespace"}}}}});
  return write_object(call, kind, received, std::move(before));
}

// What the request line and the versions alone forbid.
std::optional<Reply> FakeCluster::precondition_failed(const ApiCall& call, const Served& kind, const Json& body,
                                                      const std::optional<Json>& before) const {
  const std::string resource = kind.plural + (kind.group.empty() ? "" : "." + kind.group);
  if (!before && call.verb != "create" && !call.apply) return read(call, kind);
  if (before && call.verb == "create")
    return Reply::status_error(409, "AlreadyExists", fmt::format("{} \"{}\" already exists", resource, call.name),
                               {{"name", call.name}, {"group", kind.group}, {"kind", kind.plural}});
  const std::string wanted = string_at(body, {"metadata", "resourceVersion"});
  if (before && !wanted.empty() && wanted != string_at(*before, {"metadata", "resourceVersion"}))
    return Reply::status_error(
        409, "Conflict",
        fmt::format("Operation cannot be fulfilled on {} \"{}\": the object has been modified; please "
                    "apply your changes to the latest version and try again",
                    resource, call.name));
  return std::nullopt;
}

Reply FakeCluster::write_object(const ApiCall& call, const Served& kind, const Received& received,
                                std::optional<Json> before) {
  const Json body = received.json();
  if (std::optional<Reply> no = precondition_failed(call, kind, body, before)) return *no;
  const SsaRequest request{.kind = kind.known,
                           .intent = body,
                           .manager = call.query_or("fieldManager", "unknown"),
                           .time = format_rfc3339(clock().wall_time()),
                           .force = call.query_or("force") == "true"};
  if (call.apply) {
    SsaResult result = server_side_apply(before.value_or(nullptr), request);
    if (!result.conflicts.empty()) return conflict_reply(result.conflicts);
    return commit(call, kind, std::move(result.object), before);
  }
  Json after = body;
  if (call.verb == "patch") {
    after = *before;
    if (contains(received.header("content-type"), "json-patch+json"))
      after = before->patch(body);
    else
      after.merge_patch(body);
  }
  record_update(after, before.value_or(nullptr), request);
  return commit(call, kind, std::move(after), before);
}

// Stores what changed (unless it is a dry run), counts it, and starts the reactions.
Reply FakeCluster::commit(const ApiCall& call, const Served& kind, Json after, const std::optional<Json>& before) {
  after = with_server_fields(kind, std::move(after), before);
  const bool changed = !before || after != *before;
  const int status = before ? 200 : 201;
  if (!call.dry_run()) ++(!before ? writes_.creates : changed ? writes_.updates : writes_.unchanged);
  if (changed && !call.dry_run()) {
    store(kind, after);
    after = objects_.at({kind.group, kind.plural, call.name_space, call.name});
    react(kind, after, "written");
  }
  return Reply::json(status, call.subresource == "scale" ? scale_of(after) : after);
}

// Takes the owner reference off everything that the object owns, so that it stays.
void FakeCluster::orphan(const std::string& uid) {
  for (auto& [key, candidate] : objects_) {
    const Json& owners = at_path(candidate, {"metadata", "ownerReferences"});
    if (!owners.is_array()) continue;
    Json others = Json::array();
    for (const Json& owner : owners)
      if (string_at(owner, {"uid"}) != uid) others.push_back(owner);
    candidate["metadata"]["ownerReferences"] = std::move(others);
  }
}

// A finalizer, or being a Namespace, delays the end of an object.
Reply FakeCluster::start_dying(const Key& key, const Served& kind) {
  const bool is_namespace = kind.kind == "Namespace";
  edit(kind.kind, key.name_space, key.name, [&](Json& dying) {
    dying["metadata"]["deletionTimestamp"] = format_rfc3339(clock().wall_time());
    if (is_namespace) dying["metadata"]["finalizers"] = {"kubernetes"};
    if (is_namespace) dying["status"]["phase"] = "Terminating";
  });
  if (is_namespace) schedule(Milliseconds{100}, [this, name = key.name] { empty_namespace(name); });
  return Reply::json(200, objects_.at(key));
}

Reply FakeCluster::remove_object(const ApiCall& call, const Served& kind, const Received& received) {
  const Key key{kind.group, kind.plural, call.name_space, call.name};
  const auto found = objects_.find(key);
  if (found == objects_.end()) return read(call, kind);
  const Json object = found->second;
  const Json options = received.json();
  const std::string uid = string_at(object, {"metadata", "uid"}), wanted = string_at(options, {"preconditions", "uid"});
  if (!wanted.empty() && wanted != uid)
    return Reply::status_error(409, "Conflict",
                               fmt::format("Operation cannot be fulfilled on {} \"{}\": Precondition failed: UID in "
                                           "precondition: {}, UID in object meta: {}",
                                           kind.plural, call.name, wanted, uid));
  const std::string version = string_at(options, {"preconditions", "resourceVersion"});
  if (!version.empty() && version != string_at(object, {"metadata", "resourceVersion"}))
    return Reply::status_error(409, "Conflict", "Precondition failed: ResourceVersion in precondition: " + version);
  if (call.dry_run()) return Reply::json(200, object);
  ++writes_.deletes;
  react(kind, object, "deleted");
  if (kind.kind == "Namespace" || !at_path(object, {"metadata", "finalizers"}).empty()) return start_dying(key, kind);
  if (string_at(options, {"propagationPolicy"}) == "Orphan") orphan(uid);
  erase(key);
  return Reply::json(200, {{"kind", "Status"},
                           {"apiVersion", "v1"},
                           {"metadata", Json::object()},
                           {"status", "Success"},
                           {"details", {{"name", call.name}, {"kind", kind.plural}, {"uid", uid}}}});
}

}  // namespace kforge::tests
