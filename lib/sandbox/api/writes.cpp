// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/writes.hpp"

#include "base/text.hpp"
#include "sandbox/api/admission.hpp"
#include "sandbox/api/kind_rules.hpp"
#include "sandbox/api/metadata_validation.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

// Kinds whose strategy counts changes of the spec (pkg/registry/*/strategy.go); custom resources all do.
constexpr std::array<std::string_view, 18> counting_kinds{"CronJob",
                                                          "CustomResourceDefinition",
                                                          "DaemonSet",
                                                          "Deployment",
                                                          "EndpointSlice",
                                                          "FlowSchema",
                                                          "Ingress",
                                                          "IngressClass",
                                                          "Job",
                                                          "MutatingWebhookConfiguration",
                                                          "NetworkPolicy",
                                                          "Pod",
                                                          "PodDisruptionBudget",
                                                          "PriorityClass",
                                                          "ReplicaSet",
                                                          "StatefulSet",
                                                          "ValidatingWebhookConfiguration",
                                                          "ValidatingAdmissionPolicy"};

bool counts_generations(const Resource& resource) {
  return resource.schema == nullptr || std::ranges::find(counting_kinds, resource.kind) != counting_kinds.end();
}

// All that a change of is a new generation: not metadata, not status.
Json desired_part(Json object) {
  object.erase("metadata");
  object.erase("status");
  return object;
}

void refuse_when(std::vector<FieldError> errors, const Resource& resource, const Json& object) {
  if (!errors.empty()) throw invalid(resource.subject(name_of(object)), errors);
}

void set_new_metadata(WriteScope& scope, Json& object) {
  Json& metadata = metadata_of(object);
  for (const char* field : {"uid", "creationTimestamp", "resourceVersion", "deletionTimestamp",
                            "deletionGracePeriodSeconds", "generation", "selfLink"})
    metadata.erase(field);
  if (name_of(object).empty() && metadata.contains("generateName"))
    metadata["name"] = generated_name(string_at(metadata, {"generateName"}));
  metadata["uid"] = new_uid();
  metadata["creationTimestamp"] = format_rfc3339(scope.timers.wall_time());
  if (counts_generations(scope.resource)) metadata["generation"] = 1;
}

void keep_server_metadata(const Json& before, Json& after) {
  Json& metadata = metadata_of(after);
  const Json& old = at_path(before, {"metadata"});
  for (const char* field :
       {"uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"}) {
    metadata.erase(field);
    if (old.contains(field)) metadata[field] = old[field];
  }
  for (const char* list : {"finalizers", "ownerReferences"})
    if (metadata.contains(list) && metadata[list].empty()) metadata.erase(list);
}

void check_version(const Resource& resource, const Json& before, const Json& after) {
  const std::string wanted = string_at(after, {"metadata", "resourceVersion"});
  if (!wanted.empty() && wanted != "0" && wanted != string_at(before, {"metadata", "resourceVersion"}))
    throw conflict(resource.subject(name_of(before)),
                   "the object has been modified; please apply your changes to the latest version and try again");
}

// Equal but for the times in managedFields: a server does not store such an update.
bool same_but_times(const Json& before, const Json& after) {
  if (desired_part(before) != desired_part(after) || at_path(before, {"status"}) != at_path(after, {"status"}))
    return false;
  const auto comparable = [](const Json& object) {
    Json metadata = at_path(object, {"metadata"});
    metadata.erase("resourceVersion");
    if (metadata.contains("managedFields") && metadata["managedFields"].is_array())
      for (Json& entry : metadata["managedFields"]) entry.erase("time");
    return metadata;
  };
  return comparable(before) == comparable(after);
}

bool ready_to_go(const Json& object) {
  return is_terminating(object) && is_finalized(object) &&
         int_at(object, {"metadata", "deletionGracePeriodSeconds"}) == 0 &&
         (string_at(object, {"kind"}) != "Namespace" || at_path(object, {"spec", "finalizers"}).empty());
}

}  // namespace

void check_uid(const Resource& resource, const Json& before, const Json& after) {
  const std::string wanted = string_at(after, {"metadata", "uid"}), found = string_at(before, {"metadata", "uid"});
  if (wanted.empty() || wanted == found) return;
  const std::string home = resource.schema == nullptr ? resource.group + "/" + resource.plural : resource.plural,
                    name_space = namespace_of(before);
  throw conflict(resource.subject(name_of(before)),
                 fmt::format("StorageError: invalid object, Code: 4, Key: /registry/{}/{}{}, ResourceVersion: 0, "
                             "AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object meta: {}",
                             home, name_space.empty() ? "" : name_space + "/", name_of(before), wanted, found));
}

Json keep_other_half(const Resource& resource, const std::string& subresource, const Json& before, Json after) {
  if (subresource == "status") {
    Json next = before;
    next["metadata"]["resourceVersion"] = at_path(after, {"metadata", "resourceVersion"});
    if (next["metadata"]["resourceVersion"].is_null()) next["metadata"].erase("resourceVersion");
    if (at_path(after, {"metadata"}).contains("managedFields"))
      next["metadata"]["managedFields"] = after["metadata"]["managedFields"];
    next.erase("status");
    if (after.contains("status")) next["status"] = std::move(after["status"]);
    return next;
  }
  if (!resource.has_subresource("status")) return after;
  after.erase("status");
  if (before.contains("status")) after["status"] = before["status"];
  return after;
}

Json write_new(WriteScope& scope, Json object, FieldOwners owners) {
  set_new_metadata(scope, object);
  if (scope.resource.has_subresource("status")) object.erase("status");
  apply_defaults(scope.resource, object);
  if (owners == FieldOwners::track)  // what the server itself adds from here on has no owner
    object = schema::track_update(scope.resource.schema, nullptr, std::move(object), scope.writer());
  admit(scope.store, scope.resource, nullptr, object, scope.warnings);
  prepare_for_create(scope.resource, object);
  refuse_when(validate_object(scope.resource, object), scope.resource, object);
  const Key key = scope.resource.key(namespace_of(object), name_of(object));
  if (scope.store.get(key)) throw already_exists(scope.resource.subject(key.name));
  if (scope.dry_run) return object;
  return *scope.store.put(key, std::move(object));
}

Json write_next(WriteScope& scope, const Json& before, Json after, FieldOwners owners) {
  check_version(scope.resource, before, after);
  std::vector<FieldError> errors = validate_metadata_change(before, after);
  keep_server_metadata(before, after);
  apply_defaults(scope.resource, after);
  if (owners == FieldOwners::track)
    after = schema::track_update(scope.resource.schema, before, std::move(after), scope.writer());
  prepare_for_update(scope.resource, before, after);
  if (scope.subresource != "status") {
    admit(scope.store, scope.resource, &before, after, scope.warnings);
    std::ranges::copy(validate_object(scope.resource, after), std::back_inserter(errors));
    std::ranges::copy(validate_change(scope.resource, before, after), std::back_inserter(errors));
    refuse_when(std::move(errors), scope.resource, after);
    if (counts_generations(scope.resource) && desired_part(before) != desired_part(after))
      after["metadata"]["generation"] = int_at(before, {"metadata", "generation"}) + 1;
  }
  after["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"];
  if (same_but_times(before, after)) return before;
  if (scope.dry_run) return after;
  const Key key = scope.resource.key(namespace_of(after), name_of(after));
  if (ready_to_go(after)) {
    scope.store.remove(key);
    return after;
  }
  return *scope.store.put(key, std::move(after));
}

}  // namespace kforge::sandbox
