// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/deployment_scaling.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace kforge::sandbox {
namespace {

std::int64_t size_of(const Json& object) {
  return int_at(object, {"spec", "replicas"});
}

std::optional<std::int64_t> annotated(const Json& set, const char* name) {
  const std::string text = string_at(set, {"metadata", "annotations", name});
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::vector<ObjectPtr> active_sets(const RolloutSets& sets) {
  std::vector<ObjectPtr> active = sets.old;
  if (sets.current) active.push_back(sets.current);
  std::erase_if(active, [](const ObjectPtr& set) { return size_of(*set) == 0; });
  return active;
}

// Large ones first; among equals the newer ones grow first and the older ones shrink first.
void sort_by_size(std::vector<ObjectPtr>& sets, bool newer_first) {
  std::ranges::stable_sort(sets, [&](const ObjectPtr& a, const ObjectPtr& b) {
    if (size_of(*a) != size_of(*b)) return size_of(*a) > size_of(*b);
    const std::string left = string_at(*a, {"metadata", "creationTimestamp"}),
                      right = string_at(*b, {"metadata", "creationTimestamp"});
    return newer_first ? left > right : left < right;
  });
}

// What a ReplicaSet gets of the change, before bounds.
std::int64_t share_of(const Json& set, const Json& deployment, std::int64_t most) {
  if (size_of(deployment) == 0) return -size_of(set);
  const std::int64_t before = annotated(set, max_annotation).value_or(int_at(deployment, {"status", "replicas"}));
  if (before == 0) return 0;
  return std::llround(static_cast<double>(size_of(set) * most) / static_cast<double>(before)) - size_of(set);
}

}  // namespace

bool size_has_changed(const Json& deployment, const RolloutSets& sets) {
  return std::ranges::any_of(active_sets(sets), [&](const ObjectPtr& set) {
    const auto sized_for = annotated(*set, desired_annotation);
    return sized_for && *sized_for != size_of(deployment);
  });
}

std::map<std::string, std::int64_t> proportional_sizes(const Json& deployment, const RolloutSets& sets,
                                                       std::int64_t surge) {
  std::vector<ObjectPtr> active = active_sets(sets);
  std::map<std::string, std::int64_t> sizes;
  const ObjectPtr newest = sets.current ? sets.current : sets.old.empty() ? nullptr : sets.old.back();
  if (active.size() <= 1) {
    if (const ObjectPtr only = active.empty() ? newest : active.front())
      sizes[only->at("metadata").at("name")] = size_of(deployment);
    return sizes;
  }
  const bool saturated = sets.current && size_of(*sets.current) == size_of(deployment) &&
                         int_at(*sets.current, {"status", "availableReplicas"}) == size_of(deployment);
  std::int64_t total = 0;
  for (const ObjectPtr& set : active) total += size_of(*set);
  const std::int64_t most = size_of(deployment) == 0 ? 0 : size_of(deployment) + surge, change = most - total;
  sort_by_size(active, change > 0);
  std::int64_t given = 0;
  for (const ObjectPtr& set : active) {
    std::int64_t part = saturated ? 0 : share_of(*set, deployment, most);
    part = change > 0 ? std::min(part, change - given) : change < 0 ? std::max(part, change - given) : 0;
    given += saturated ? 0 : part;
    sizes[set->at("metadata").at("name")] = saturated && set != sets.current ? 0 : size_of(*set) + part;
  }
  if (!saturated) {
    std::int64_t& first = sizes[active.front()->at("metadata").at("name")];
    first = std::max<std::int64_t>(0, first + change - given);
  }
  return sizes;
}

}  // namespace kforge::sandbox
