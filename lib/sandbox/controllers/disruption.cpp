// SPDX-License-Identifier: Apache-2.0
// Status of PodDisruptionBudgets (pkg/controller/disruption).
#include "sandbox/api/selector.hpp"
#include "sandbox/controllers/controller.hpp"

#include <algorithm>
#include <set>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "poddisruptionbudgets.policy";

class DisruptionController final : public Controller {
 public:
  DisruptionController(Api& api, Timers& timers)
      : kit_(api, timers, "disruption-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) queue_.add(change.key);
    static constexpr std::string_view concerned[] = {"pods", "deployments.apps", "replicasets.apps",
                                                     "statefulsets.apps"};
    if (std::ranges::find(concerned, change.key.resource) == std::end(concerned)) return;
    for (const ObjectPtr& budget : kit_.list(resource, change.key.name_space))
      queue_.add({resource, change.key.name_space, name_of(*budget)});
  }

 private:
  // How many pods their controllers want; pods without one count as they are.
  int expected_by_controllers(const std::vector<ObjectPtr>& pods) const {
    std::set<Key> controllers;
    int expected = 0;
    for (const ObjectPtr& pod : pods) {
      const Json owner = controlling_owner(*pod);
      const ObjectPtr found = top_controller(*pod, owner);
      if (!found)
        ++expected;
      else if (controllers.insert(key_of(kit_.api.registry(), *found)).second)
        expected += static_cast<int>(int_at(*found, {"spec", "replicas"}));
    }
    return expected;
  }

  ObjectPtr top_controller(const Json& object, const Json& owner) const {
    if (!owner.is_object()) return nullptr;
    const std::string kind = string_at(owner, {"kind"});
    const char* owner_resource = kind == "ReplicaSet"    ? "replicasets.apps"
                                 : kind == "Deployment"  ? "deployments.apps"
                                 : kind == "StatefulSet" ? "statefulsets.apps"
                                                         : "";
    ObjectPtr found = kit_.get({owner_resource, namespace_of(object), string_at(owner, {"name"})});
    if (!found) return nullptr;
    const ObjectPtr above = top_controller(*found, controlling_owner(*found));
    return above ? above : found;
  }

  void reconcile(const Key& key) {
    const ObjectPtr budget = kit_.get(key);
    if (!budget) return;
    std::vector<ObjectPtr> pods = kit_.list("pods", key.name_space);
    std::erase_if(pods, [&](const ObjectPtr& pod) {
      return !pod_is_active(*pod) ||
             !label_selector_matches(at_path(*budget, {"spec", "selector"}), at_path(*pod, {"metadata", "labels"}));
    });
    const auto healthy =
        static_cast<int>(std::ranges::count_if(pods, [](const ObjectPtr& pod) { return pod_is_ready(*pod); }));
    const Json &minimum = at_path(*budget, {"spec", "minAvailable"}),
               &spare = at_path(*budget, {"spec", "maxUnavailable"});
    const bool plain_minimum = minimum.is_number_integer();
    const int expected = plain_minimum ? static_cast<int>(pods.size()) : expected_by_controllers(pods);
    const int desired = minimum.is_null() ? std::max(0, expected - resolve_int_or_percent(spare, expected, true))
                                          : resolve_int_or_percent(minimum, expected, true);
    write_status(*budget, {expected, healthy, desired, expected == 0 ? 0 : std::max(0, healthy - desired)});
  }

  struct Counts {
    int expected, healthy, desired, allowed;
  };
  void write_status(const Json& budget, const Counts& counts) {
    Json next = budget;
    Json& status = next["status"];
    const auto generation = int_at(budget, {"metadata", "generation"});
    status["observedGeneration"] = generation;
    status["expectedPods"] = counts.expected;
    status["currentHealthy"] = counts.healthy;
    status["desiredHealthy"] = counts.desired;
    status["disruptionsAllowed"] = counts.allowed;
    const bool allowed = counts.allowed > 0;
    set_condition(
        status, {"DisruptionAllowed", allowed ? "True" : "False", allowed ? "SufficientPods" : "InsufficientPods", ""},
        kit_.timestamp());
    for (Json& condition : status["conditions"]) {
      condition["message"] = "";
      condition["observedGeneration"] = generation;
    }
    kit_.update_status(next);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_disruption_controller(Api& api, Timers& timers) {
  return std::make_unique<DisruptionController>(api, timers);
}

}  // namespace kforge::sandbox
