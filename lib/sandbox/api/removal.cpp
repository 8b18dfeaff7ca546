// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/removal.hpp"

#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

void check_preconditions(const RemovalScope& scope, const Json& object, const DeleteOptions& options) {
  StatusSubject subject = scope.resource.subject(name_of(object));
  subject.plural = subject.kind;  // the server names the kind here
  const auto check = [&](const std::optional<std::string>& wanted, const char* field, const char* words,
                         const char* guess) {
    const std::string found = string_at(object, {"metadata", field});
    if (wanted && *wanted != found)
      throw conflict(subject, fmt::format("the {} in the precondition ({}) does not match the {} in record ({}). The "
                                          "object might have been {}",
                                          words, *wanted, words, found, guess));
  };
  check(options.uid, "uid", "UID", "deleted and then recreated");
  check(options.resource_version, "resourceVersion", "ResourceVersion", "modified");
}

// Only pods end gracefully: at once when nothing of them runs.
int grace_of(const RemovalScope& scope, const Json& object, const DeleteOptions& options) {
  if (scope.resource.id() != "pods") return 0;
  const std::string phase = string_at(object, {"status", "phase"});
  if (string_at(object, {"spec", "nodeName"}).empty() || phase == "Succeeded" || phase == "Failed") return 0;
  const int wanted =
      options.grace_seconds.value_or(static_cast<int>(int_at(object, {"spec", "terminationGracePeriodSeconds"}, 30)));
  return std::max(0, wanted);
}

void set_finalizer(Json& object, const std::string& propagation) {
  if (propagation == "Foreground") add_finalizer(object, "foregroundDeletion");
  if (propagation == "Orphan") add_finalizer(object, "orphan");
  if (propagation == "Background") remove_finalizer(object, "orphan");
}

void mark_terminating(const RemovalScope& scope, Json& object, int grace) {
  Json& metadata = metadata_of(object);
  metadata["deletionTimestamp"] = format_rfc3339(scope.timers.wall_time() + std::chrono::seconds(grace));
  metadata["deletionGracePeriodSeconds"] = grace;
  if (metadata.contains("generation")) metadata["generation"] = int_at(metadata, {"generation"}) + 1;
  if (scope.resource.id() == "namespaces") object["status"]["phase"] = "Terminating";
}

}  // namespace

Outcome remove_object(const RemovalScope& scope, const Json& object, const DeleteOptions& options) {
  check_preconditions(scope, object, options);
  Json next = object;
  set_finalizer(next, options.propagation);
  const int grace = grace_of(scope, object, options);
  const Key key = scope.resource.key(namespace_of(object), name_of(object));
  const bool holds_namespace = scope.resource.id() == "namespaces" && !at_path(object, {"spec", "finalizers"}).empty();
  if (is_finalized(next) && grace == 0 && !holds_namespace) {
    StatusSubject subject = scope.resource.subject(key.name);
    subject.uid = string_at(object, {"metadata", "uid"});
    if (!options.dry_run) scope.store.remove(key);
    return {200, success_status(subject), {}};
  }
  const bool sooner = is_terminating(object) && grace < int_at(object, {"metadata", "deletionGracePeriodSeconds"});
  if (!is_terminating(object) || sooner) mark_terminating(scope, next, grace);
  if (next == object || options.dry_run) return {200, next, {}};
  return {200, *scope.store.put(key, std::move(next)), {}};
}

}  // namespace kforge::sandbox
