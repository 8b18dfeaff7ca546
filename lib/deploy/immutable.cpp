// SPDX-License-Identifier: Apache-2.0
#include "deploy/immutable.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

// The words of the API server's validations (deploy-engine §4.6); they have no code of their own.
constexpr std::string_view immutable_words[] = {
    "field is immutable",
    "updates to statefulset spec for fields other than",
    "may not change once set",
    "can not be unset",
    "spec is immutable after creation",
    "cannot change roleRef",
    "may not be changed in an update",
    "pod updates may not change fields other than",
    "Value is immutable",
};

bool says_immutable(const std::string& message) {
  return std::ranges::any_of(immutable_words, [&](std::string_view words) { return contains(message, words); });
}

bool selector_differs(const Change& change) {
  const Json& wanted = at_path(change.intent(), {"spec", "selector"});
  return !wanted.is_null() && wanted != at_path(*change.live, {"spec", "selector"});
}

Way way_for_stateful_set(const Change& change) {
  // Pods that the new selector does not find would stand in the way of new ones with their names.
  if (selector_differs(change))
    return {kube::Propagation::background, false, "its pods end and start again, its volumes stay"};
  return {kube::Propagation::orphan, false, "its pods and volumes stay, and the new one takes them over"};
}

}  // namespace

bool is_immutable_refusal(const kube::ApiResult& result) {
  if (result.status != 422) return false;
  const Json& causes = at_path(result.body, {"details", "causes"});
  if (!causes.is_array() || causes.empty()) return says_immutable(string_at(result.body, {"message"}));
  return std::ranges::all_of(causes, [](const Json& cause) { return says_immutable(string_at(cause, {"message"})); });
}

std::optional<Way> way_to_recreate(const Change& change) {
  using kube::Propagation;
  const std::string& kind = change.ref.kind.kind;
  static constexpr std::string_view never[] = {
      "PersistentVolumeClaim", "PersistentVolume",         "Namespace", "StorageClass",
      "PriorityClass",         "CustomResourceDefinition", "Node"};
  if (std::ranges::find(never, kind) != std::end(never)) return std::nullopt;
  if (kind == "StatefulSet") return way_for_stateful_set(change);
  if (kind == "RoleBinding" || kind == "ClusterRoleBinding" || kind == "ConfigMap")
    return Way{Propagation::background, true, "nothing that runs stops"};
  if (kind == "Deployment" || kind == "DaemonSet" || kind == "ReplicaSet" || kind == "Pod")
    return Way{Propagation::background, false, "all its pods end before new ones start"};
  if (kind == "Job") return Way{Propagation::background, false, "it runs again"};
  if (kind == "Service") return Way{Propagation::background, false, "it gets a new address"};
  return Way{Propagation::background, false, "it is gone for a moment"};
}

std::string recreate_name(const kube::ObjectRef& object) {
  return object.kind.kind + "/" + object.name;
}

void check_object_names(const std::string& option, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::vector<std::string> parts = split(name, '/');
    if (parts.size() == 2 && !parts[0].empty() && !parts[1].empty()) continue;
    throw Error(ErrorKind::usage, fmt::format("{} needs Kind/name, not '{}'", option, name))
        .hint(fmt::format("for example {} StatefulSet/postgres", option));
  }
}

}  // namespace kforge::deploy
