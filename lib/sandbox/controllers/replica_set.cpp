// SPDX-License-Identifier: Apache-2.0
// ReplicaSets: as many pods as asked for (pkg/controller/replicaset).
#include "base/text.hpp"
#include "sandbox/controllers/controller.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr std::string_view resource = "replicasets.apps";
constexpr std::size_t burst = 500;
constexpr Milliseconds first_retry{1000}, longest_retry{60'000};  // after a refusal

class ReplicaSetController final : public Controller {
 public:
  ReplicaSetController(Api& api, Timers& timers)
      : kit_(api, timers, "replicaset-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) {
      if (change.type == Change::Type::deleted) retry_.erase(uid_of(*change.object));
      queue_.add(change.key);
    }
    if (change.key.resource != "pods") return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "ReplicaSet")
      queue_.add({std::string(resource), change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  void reconcile(const Key& key) {
    const ObjectPtr set = kit_.get(key);
    if (!set) return;
    std::vector<ObjectPtr> pods = kit_.owned("pods", key.name_space, uid_of(*set));
    std::erase_if(pods, [](const ObjectPtr& pod) { return !pod_is_active(*pod); });
    std::string refusal;
    if (!is_terminating(*set)) refusal = scale(*set, pods);
    write_status(key, *set, refusal);
  }

  // Creates or deletes what is missing or too many; the refusal's message when the API said no.
  std::string scale(const Json& set, const std::vector<ObjectPtr>& pods) {
    const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, int_at(set, {"spec", "replicas"})));
    const std::size_t wanted = std::min(size, pods.size() + burst);  // what they do brings us back
    for (std::size_t i = pods.size(); i < wanted; ++i) {
      const Outcome outcome = create_pod(set);
      if (outcome.ok()) continue;
      const std::string message = string_at(outcome.body, {"message"});
      kit_.event(set, "Warning", "FailedCreate", "Error creating: " + message);
      Milliseconds& delay = retry_[uid_of(set)];
      delay = std::clamp(delay * 2, first_retry, longest_retry);
      queue_.add_after({std::string(resource), namespace_of(set), name_of(set)}, delay);
      return message;
    }
    retry_.erase(uid_of(set));
    if (pods.size() > wanted) remove_pods(set, pods, pods.size() - wanted);
    return {};
  }

  Outcome create_pod(const Json& set) {
    Json pod = pod_from_template(at_path(set, {"spec", "template"}), set, namespace_of(set));
    pod["metadata"]["generateName"] = name_of(set) + "-";
    Outcome outcome = kit_.create(std::move(pod));
    if (outcome.ok()) kit_.event(set, "Normal", "SuccessfulCreate", "Created pod: " + name_of(outcome.body));
    return outcome;
  }

  // First those that cost the least: unassigned, pending, not ready, more restarts, younger.
  void remove_pods(const Json& set, std::vector<ObjectPtr> pods, std::size_t count) {
    const auto worth = [](const ObjectPtr& pod) {
      std::int64_t restarts = 0;
      for (const Json& container : at_path(*pod, {"status", "containerStatuses"}))
        restarts += int_at(container, {"restartCount"});
      return std::tuple(!string_at(*pod, {"spec", "nodeName"}).empty(),
                        string_at(*pod, {"status", "phase"}) == "Running", pod_is_ready(*pod), -restarts);
    };
    std::ranges::stable_sort(pods, [&](const ObjectPtr& a, const ObjectPtr& b) {
      if (worth(a) != worth(b)) return worth(a) < worth(b);
      return string_at(*a, {"metadata", "creationTimestamp"}) > string_at(*b, {"metadata", "creationTimestamp"});
    });
    for (std::size_t i = 0; i < count; ++i)
      if (kit_.remove(*pods[i]).ok())
        kit_.event(set, "Normal", "SuccessfulDelete", "Deleted pod: " + name_of(*pods[i]));
  }

  void write_status(const Key& key, const Json& set, const std::string& refusal) {
    const Json& selector_labels = at_path(set, {"spec", "template", "metadata", "labels"});
    const int min_ready = static_cast<int>(int_at(set, {"spec", "minReadySeconds"}));
    std::int64_t total = 0, labelled = 0, ready = 0, available = 0, terminating = 0;
    for (const ObjectPtr& pod : kit_.owned("pods", key.name_space, uid_of(set))) {
      if (is_terminating(*pod)) ++terminating;
      if (!pod_is_active(*pod)) continue;
      ++total;
      const Json& labels = at_path(*pod, {"metadata", "labels"});
      if (selector_labels.is_object() && std::ranges::all_of(selector_labels.items(), [&](const auto& label) {
            return labels.contains(label.key()) && labels[label.key()] == label.value();
          }))
        ++labelled;
      if (pod_is_ready(*pod)) ++ready;
      const Availability availability = pod_availability(*pod, min_ready, kit_.now());
      if (availability.available) ++available;
      if (availability.missing.count() > 0) queue_.add_after(key, availability.missing);
    }
    Json next = set;
    Json& status = next["status"];
    status["replicas"] = total;
    status["terminatingReplicas"] = terminating;
    for (const auto& [field, count] :
         {std::pair{"fullyLabeledReplicas", labelled}, {"readyReplicas", ready}, {"availableReplicas", available}}) {
      status.erase(field);
      if (count > 0) status[field] = count;
    }
    status["observedGeneration"] = int_at(set, {"metadata", "generation"});
    if (refusal.empty())
      remove_condition(status, "ReplicaFailure");
    else if (find_condition(status, "ReplicaFailure") == nullptr)  // the first refusal stays: each names another pod
      set_condition(status, {"ReplicaFailure", "True", "FailedCreate", refusal}, kit_.timestamp());
    if (status.contains("conditions") && status["conditions"].empty()) status.erase("conditions");
    kit_.update_status(next);
  }

  Kit kit_;
  std::map<std::string, Milliseconds> retry_;  // by UID, while creations are refused
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_replica_set_controller(Api& api, Timers& timers) {
  return std::make_unique<ReplicaSetController>(api, timers);
}

}  // namespace kforge::sandbox
