// SPDX-License-Identifier: Apache-2.0
// The objects of a project, grouped once, so that judging a thousand of them stays linear.
#pragma once

#include "rollout/verdict.hpp"

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kforge::rollout {

// Built from live objects of any kind and namespace; they must outlive it and stay where they are. Building costs about
// a microsecond an object, so a waiter may build a new one for every round.
class Index {
 public:
  Index() = default;
  explicit Index(const std::vector<const Json*>& objects);
  void add(const Json& object);

  // What belongs to an object: its pods and ReplicaSets, their claims and events, its slices, the workloads that its
  // selector may mean; storage classes and nodes as they are. Where nothing belongs to a Service, it gets what the
  // namespace has, because an empty list would mean "not known".
  Surroundings around(const Json& live) const;

 private:
  using Group = std::vector<const Json*>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Groups = std::unordered_map<std::string, Group, Hash, std::equal_to<>>;

  void add_child(const Json& object, const Json& owner);
  void add_support(const Json& object, std::string_view kind);
  void add_pods_below(const Json& owner, Surroundings& around) const;
  void add_claims_of(const Json& pod, Surroundings& around) const;
  void add_events_of(Surroundings& around, const Json& live) const;
  void add_targets_of(const Json& live, Surroundings& around) const;

  Groups children_, events_, claims_, slices_, labelled_, replica_set_pods_, workloads_of_, slices_of_;
  Group storage_classes_, nodes_;
};

}  // namespace kforge::rollout
