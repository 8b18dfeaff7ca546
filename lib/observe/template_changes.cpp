// SPDX-License-Identifier: Apache-2.0
#include "observe/template_changes.hpp"

#include "base/text.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace kforge::observe {
namespace {

using rollout::list_at;
using rollout::text_at;

constexpr std::string_view revision_key = "deployment.kubernetes.io/revision";

// Only what differs: "v1.0.0 -> v1.1.0", or the whole names.
std::string image_change(std::string_view before, std::string_view after) {
  const auto cut = [](std::string_view image) { return image.rfind(':') == image.npos ? 0 : image.rfind(':') + 1; };
  if (before.substr(0, cut(before)) == after.substr(0, cut(after)) && cut(after) > 0)
    return fmt::format("image {} -> {}", before.substr(cut(before)), after.substr(cut(after)));
  return fmt::format("image {} -> {}", before, after);
}

void compare_environment(const Json& before, const Json& after, std::vector<std::string>& parts) {
  std::map<std::string, std::pair<const Json*, const Json*>> variables;
  for (const Json& variable : list_at(before, {"env"}))
    variables[std::string(text_at(variable, {"name"}))].first = &variable;
  for (const Json& variable : list_at(after, {"env"}))
    variables[std::string(text_at(variable, {"name"}))].second = &variable;
  for (const auto& [name, pair] : variables) {
    if (pair.first == nullptr)
      parts.push_back(name + " added");
    else if (pair.second == nullptr)
      parts.push_back(name + " removed");
    else if (*pair.first != *pair.second)
      parts.push_back(name + " changed");
  }
}

void compare_containers(const Json& before, const Json& after, std::vector<std::string>& parts) {
  for (const Json& container : list_at(after, {"spec", "containers"})) {
    const Json& old = rollout::named(list_at(before, {"spec", "containers"}), text_at(container, {"name"}));
    if (old.is_null()) {
      parts.push_back(fmt::format("container {} added", text_at(container, {"name"})));
      continue;
    }
    if (text_at(old, {"image"}) != text_at(container, {"image"}))
      parts.push_back(image_change(text_at(old, {"image"}), text_at(container, {"image"})));
    compare_environment(old, container, parts);
    if (at_path(old, {"resources"}) != at_path(container, {"resources"})) parts.emplace_back("resources");
  }
}

Json without_hash(Json pod_template) {
  if (pod_template.contains("metadata") && pod_template["metadata"].contains("labels"))
    pod_template["metadata"]["labels"].erase("pod-template-hash");
  return pod_template;
}

std::int64_t revision_of(const Json& set) {
  const std::string_view text = text_at(set, {"metadata", "annotations", revision_key});
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

std::string template_change(const Json& before, const Json& after) {
  std::vector<std::string> parts;
  compare_containers(before, after, parts);
  constexpr std::string_view restarted = "kubectl.kubernetes.io/restartedAt";
  if (text_at(before, {"metadata", "annotations", restarted}) != text_at(after, {"metadata", "annotations", restarted}))
    parts.emplace_back("restarted");
  if (parts.empty()) return without_hash(before) == without_hash(after) ? "the same" : "other fields";
  return join(parts, ", ");
}

std::vector<Change> changes_of(const Json& workload, const std::vector<const Json*>& replica_sets) {
  std::vector<const Json*> sets;
  for (const Json* set : replica_sets)
    if (rollout::is_controlled_by(*set, workload) && revision_of(*set) > 0) sets.push_back(set);
  std::sort(sets.begin(), sets.end(), [](const Json* a, const Json* b) { return revision_of(*a) > revision_of(*b); });
  std::vector<Change> changes;
  for (std::size_t i = 0; i < sets.size(); ++i)
    changes.push_back({.revision = fmt::format("{}", revision_of(*sets[i])),
                       .what = i + 1 == sets.size() ? "oldest revision that is kept"
                                                    : template_change(at_path(*sets[i + 1], {"spec", "template"}),
                                                                      at_path(*sets[i], {"spec", "template"})),
                       .at = rollout::time_at(*sets[i], {"metadata", "creationTimestamp"})});
  return changes;
}

std::string last_manager(const Json& object) {
  std::string_view manager, time;
  for (const Json& entry : list_at(object, {"metadata", "managedFields"})) {
    const bool sets_spec = at_path(entry, {"fieldsV1", "f:spec"}).is_object();
    if (!sets_spec || text_at(entry, {"manager"}) == "kube-controller-manager") continue;
    if (text_at(entry, {"time"}) < time) continue;
    manager = text_at(entry, {"manager"});
    time = text_at(entry, {"time"});
  }
  return manager.empty() ? "" : fmt::format("{}, {}", manager, time);
}

}  // namespace kforge::observe
