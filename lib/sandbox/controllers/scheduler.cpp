// SPDX-License-Identifier: Apache-2.0
// The scheduler: nodes for pods, Unschedulable with its reasons (pkg/scheduler).
#include "base/text.hpp"
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/node_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::sandbox {
namespace {

constexpr const char* selected_node = "volume.kubernetes.io/selected-node";

struct NoNode {
  std::string before_filters;  // why no node was even looked at
  std::map<std::string, int> reasons;
  int unresolvable = 0;
};

// "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are …"
std::string no_node_message(const NoNode& why, std::size_t nodes) {
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : why.reasons) reasons.push_back(fmt::format("{} {}", count, reason));
  std::ranges::sort(reasons);
  const std::string available = fmt::format("0/{} nodes are available:", nodes);
  if (!why.before_filters.empty()) return fmt::format("{} {}. not found", available, why.before_filters);
  std::vector<std::string> preemption;
  if (const int tried = static_cast<int>(nodes) - why.unresolvable; tried > 0)
    preemption.push_back(fmt::format("{} No preemption victims found for incoming pod", tried));
  if (why.unresolvable > 0)
    preemption.push_back(fmt::format("{} Preemption is not helpful for scheduling", why.unresolvable));
  std::ranges::sort(preemption);
  return fmt::format("{0} {1}. no new claims to deallocate, preemption: {0} {2}.", available, join(reasons, ", "),
                     join(preemption, ", "));
}

bool has_ended(const Json& pod) {
  const std::string phase = string_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

class Scheduler final : public Controller {
 public:
  Scheduler(Api& api, Timers& timers, PodRuntime& runtime)
      : kit_(api, timers, "default-scheduler"),
        runtime_(runtime),
        queue_(timers, [this](const Key& key) { schedule(key); }) {}

  void on_change(const Change& change) override {
    const std::string& resource = change.key.resource;
    if (resource == "pods") pod_changed(change);
    if (resource == "nodes" || resource == "persistentvolumeclaims" || resource == "storageclasses.storage.k8s.io")
      retry();
  }

 private:
  void pod_changed(const Change& change) {
    const Json& pod = *change.object;
    const bool gone = change.type == Change::Type::deleted || has_ended(pod);
    const std::string node = string_at(pod, {"spec", "nodeName"});
    if (gone) forget(change.key);
    if (!gone && !node.empty() && !bound_.contains(change.key)) {
      bound_[change.key] = {node, resources_of(pod)};
      used_[node].add(bound_[change.key].resources, 1);
      unplaced_.erase(change.key);
    }
    if (!gone && node.empty() && change.type == Change::Type::added) queue_.add(change.key);
  }

  void forget(const Key& key) {
    unplaced_.erase(key);
    const auto known = bound_.find(key);
    if (known == bound_.end()) return;
    used_[known->second.node].add(known->second.resources, -1);
    bound_.erase(known);
    retry();  // there is room now
  }

  void retry() {
    for (const Key& key : unplaced_) queue_.add(key);
  }

  void schedule(const Key& key) {
    const ObjectPtr pod = kit_.get(key);
    if (!pod || !string_at(*pod, {"spec", "nodeName"}).empty() || is_terminating(*pod)) return;
    if (string_at(*pod, {"spec", "schedulerName"}, "default-scheduler") != "default-scheduler") return;
    if (!at_path(*pod, {"spec", "schedulingGates"}).empty()) return wait_for_gates(*pod);
    unplaced_.insert(key);
    const ClusterView cluster = view();
    NoNode why{claim_problem(*pod), {}, 0};
    const NodeView* best = nullptr;
    if (why.before_filters.empty()) best = choose(cluster, *pod, why);
    if (best == nullptr) return give_up(*pod, no_node_message(why, cluster.nodes.size()));
    if (claims_are_bound(*pod, name_of(*best->node))) bind(*pod, name_of(*best->node));
  }

  ClusterView view() const {
    ClusterView cluster;
    for (const ObjectPtr& node : kit_.list("nodes", "")) {
      const auto used = used_.find(name_of(*node));
      cluster.nodes.push_back({node, used == used_.end() ? Resources{} : used->second});
    }
    for (const auto& [key, bound] : bound_)
      if (const ObjectPtr pod = kit_.get(key)) cluster.pods.push_back(pod);
    return cluster;
  }

  const NodeView* choose(const ClusterView& cluster, const Json& pod, NoNode& why) const {
    const NodeView* best = nullptr;
    double best_score = 0;
    for (const NodeView& node : cluster.nodes) {
      Misfit problem = misfit(node, pod);
      if (problem.reasons.empty()) problem = placement_misfit(cluster, node, pod);
      if (problem.reasons.empty() && !runtime_.has_place(pod)) problem = {{"Insufficient cpu"}, false};
      for (const std::string& reason : problem.reasons) ++why.reasons[reason];
      if (!problem.resolvable) ++why.unresolvable;
      if (!problem.reasons.empty()) continue;
      const double score = node_score(cluster, node, pod);
      if (best == nullptr || score > best_score) best = &node;
      if (best == &node) best_score = score;
    }
    return best;
  }

  template <class Visit>
  void each_claim(const Json& pod, Visit visit) const {
    for (const Json& volume : at_path(pod, {"spec", "volumes"})) {
      const std::string name = string_at(volume, {"persistentVolumeClaim", "claimName"});
      if (!name.empty()) visit(name, kit_.get({"persistentvolumeclaims", namespace_of(pod), name}));
    }
  }

  bool waits_for_consumer(const Json& claim) const {
    const ObjectPtr storage_class =
        kit_.get({"storageclasses.storage.k8s.io", "", string_at(claim, {"spec", "storageClassName"})});
    return storage_class && string_at(*storage_class, {"volumeBindingMode"}) == "WaitForFirstConsumer";
  }

  static bool is_bound(const Json& claim) { return string_at(claim, {"status", "phase"}) == "Bound"; }

  std::string claim_problem(const Json& pod) const {
    std::string problem;
    each_claim(pod, [&](const std::string& name, const ObjectPtr& claim) {
      if (!problem.empty()) return;
      if (!claim)
        problem = fmt::format("persistentvolumeclaim \"{}\" not found", name);
      else if (is_terminating(*claim))
        problem = fmt::format("persistentvolumeclaim \"{}\" is being deleted", name);
      else if (!is_bound(*claim) && !waits_for_consumer(*claim))
        problem = "pod has unbound immediate PersistentVolumeClaims";
    });
    return problem;
  }

  // Claims that wait for their first consumer learn the node; the pod is bound when they are.
  bool claims_are_bound(const Json& pod, const std::string& node) const {
    bool bound = true;
    each_claim(pod, [&](const std::string&, const ObjectPtr& claim) {
      if (!claim || is_bound(*claim)) return;
      bound = false;
      Json next = *claim;
      next["metadata"]["annotations"][selected_node] = node;
      kit_.update(next);
    });
    return bound;
  }

  void bind(const Json& pod, const std::string& node) {
    Json next = pod;
    next["spec"]["nodeName"] = node;
    const Outcome outcome = kit_.update(next);
    if (!outcome.ok()) return;
    set_scheduled(outcome.body, {"PodScheduled", "True", "", ""});
    kit_.event(pod, "Normal", "Scheduled",
               fmt::format("Successfully assigned {}/{} to {}", namespace_of(pod), name_of(pod), node));
  }

  void give_up(const Json& pod, const std::string& message) {
    kit_.event(pod, "Warning", "FailedScheduling", message);
    set_scheduled(pod, {"PodScheduled", "False", "Unschedulable", message});
  }

  void wait_for_gates(const Json& pod) {
    set_scheduled(
        pod, {"PodScheduled", "False", "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates"});
  }

  void set_scheduled(Json pod, const Condition& condition) {
    set_condition(pod["status"], condition, kit_.timestamp());
    for (Json& each : pod["status"]["conditions"]) {
      if (string_at(each, {"type"}) != condition.type) continue;
      each["lastProbeTime"] = nullptr;
      each["observedGeneration"] = int_at(pod, {"metadata", "generation"}, 1);
    }
    kit_.update_status(pod);
  }

  struct Bound {
    std::string node;
    Resources resources;
  };
  Kit kit_;
  PodRuntime& runtime_;
  std::map<Key, Bound> bound_;
  std::map<std::string, Resources> used_;  // by node
  std::set<Key> unplaced_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_scheduler(Api& api, Timers& timers, PodRuntime& runtime) {
  return std::make_unique<Scheduler>(api, timers, runtime);
}

}  // namespace kforge::sandbox
