// SPDX-License-Identifier: Apache-2.0
// StatefulSets: ordered pods with identities and claims of their own, revisions, partitions
// (pkg/controller/statefulset/stateful_set_control.go).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/revisions.hpp"
#include "sandbox/controllers/stateful_pod.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "statefulsets.apps";
constexpr Milliseconds retry_after_refusal{5000};

struct Members {
  std::map<std::int64_t, ObjectPtr> by_ordinal;  // of the set
  std::map<std::int64_t, ObjectPtr> surplus;     // beyond its size
};

class StatefulSetController final : public Controller {
 public:
  StatefulSetController(Api& api, Timers& timers)
      : kit_(api, timers, "statefulset-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) queue_.add(change.key);
    if (change.key.resource != "pods" && change.key.resource != "controllerrevisions.apps") return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "StatefulSet")
      queue_.add({resource, change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  // One look at a set: what there is and what is wanted.
  struct Look {
    const Json& set;
    ObjectPtr update, current;  // revisions
    std::int64_t first = 0, size = 0, partition = 0;
    bool ordered = true;
    std::string refusal;
  };

  void reconcile(const Key& key) {
    const ObjectPtr set = kit_.get(key);
    if (!set || is_terminating(*set)) return;
    Look look = look_at(*set);
    if (!look.update) return;
    if (fill(look) && shrink(look)) roll(look);
    write_status(look);
    trim_revisions(kit_, *set, {name_of(*look.update), name_of(*look.current)},
                   int_at(*set, {"spec", "revisionHistoryLimit"}, 10));
    if (!look.refusal.empty()) queue_.add_after(key, retry_after_refusal);
  }

  Look look_at(const Json& set) {
    Look look{set, current_revision(kit_, set), nullptr};
    look.current =
        kit_.get({"controllerrevisions.apps", namespace_of(set), string_at(set, {"status", "currentRevision"})});
    if (!look.current) look.current = look.update;
    look.first = int_at(set, {"spec", "ordinals", "start"});
    look.size = int_at(set, {"spec", "replicas"});
    look.partition = int_at(set, {"spec", "updateStrategy", "rollingUpdate", "partition"});
    look.ordered = string_at(set, {"spec", "podManagementPolicy"}) != "Parallel";
    return look;
  }

  Members members_of(const Look& look) const {
    Members members;
    for (const ObjectPtr& pod : kit_.owned("pods", namespace_of(look.set), uid_of(look.set))) {
      const auto ordinal = stateful_ordinal(look.set, *pod);
      if (!ordinal) continue;
      const bool inside = *ordinal >= look.first && *ordinal < look.first + look.size;
      (inside ? members.by_ordinal : members.surplus)[*ordinal] = pod;
    }
    return members;
  }

  // Ready for minReadySeconds; asks again when only time is missing.
  bool is_available(const Look& look, const Json& pod) {
    const Availability state =
        pod_availability(pod, static_cast<int>(int_at(look.set, {"spec", "minReadySeconds"})), kit_.now());
    if (state.missing.count() > 0)
      queue_.add_after({resource, namespace_of(look.set), name_of(look.set)}, state.missing);
    return state.available && string_at(pod, {"status", "phase"}) == "Running";
  }

  // Creates what is missing, in order; false when the next step has to wait.
  bool fill(Look& look) {
    const Members members = members_of(look);
    for (std::int64_t ordinal = look.first; ordinal < look.first + look.size; ++ordinal) {
      const auto member = members.by_ordinal.find(ordinal);
      if (member == members.by_ordinal.end()) {
        if (!create_pod(look, ordinal) || look.ordered) return false;
        continue;
      }
      const Json& pod = *member->second;
      const std::string phase = string_at(pod, {"status", "phase"});
      if ((phase == "Failed" || phase == "Succeeded") && !is_terminating(pod)) {
        kit_.event(look.set, phase == "Failed" ? "Warning" : "Normal",
                   phase == "Failed" ? "RecreatingFailedPod" : "RecreatingTerminatedPod",
                   fmt::format("StatefulSet {}/{} is recreating {} Pod {}", namespace_of(look.set), name_of(look.set),
                               phase == "Failed" ? "failed" : "terminated", name_of(pod)));
        kit_.remove(pod);
        return false;  // its deletion brings us back
      }
      if (look.ordered && (is_terminating(pod) || !is_available(look, pod))) return false;
    }
    return true;
  }

  bool create_pod(Look& look, std::int64_t ordinal) {
    const bool old = string_at(look.set, {"spec", "updateStrategy", "type"}) == "RollingUpdate" &&
                     ordinal < look.first + look.partition;
    const Json& revision = old ? *look.current : *look.update;
    const std::string name = fmt::format("{}-{}", name_of(look.set), ordinal);
    for (const Json& claim : stateful_claims(look.set, ordinal)) {
      if (kit_.get({"persistentvolumeclaims", namespace_of(look.set), name_of(claim)})) continue;
      const Outcome outcome = kit_.create(claim);
      if (!outcome.ok())
        return refuse(look, fmt::format("Create Claim {} for Pod {} in StatefulSet {} failed error: {}", name_of(claim),
                                        name, name_of(look.set), string_at(outcome.body, {"message"})));
      kit_.event(
          look.set, "Normal", "SuccessfulCreate",
          fmt::format("Create Claim {} Pod {} in StatefulSet {} success", name_of(claim), name, name_of(look.set)));
    }
    const Outcome outcome =
        kit_.create(stateful_pod(look.set, template_of(revision), revision_hash(revision, look.set), ordinal));
    if (!outcome.ok())
      return refuse(look, fmt::format("Create Pod {} in StatefulSet {} failed error: {}", name, name_of(look.set),
                                      string_at(outcome.body, {"message"})));
    kit_.event(look.set, "Normal", "SuccessfulCreate",
               fmt::format("Create Pod {} in StatefulSet {} successful", name, name_of(look.set)));
    return true;
  }

  bool refuse(Look& look, std::string message) {
    kit_.event(look.set, "Warning", "FailedCreate", message);
    look.refusal = std::move(message);
    return false;
  }

  // Removes what is too much, the highest first.
  bool shrink(const Look& look) {
    const Members members = members_of(look);
    for (auto member = members.surplus.rbegin(); member != members.surplus.rend(); ++member) {
      const Json& pod = *member->second;
      if (!is_terminating(pod)) remove_pod(look, pod);
      if (look.ordered) return false;
    }
    return members.surplus.empty();
  }

  void remove_pod(const Look& look, const Json& pod) {
    if (!kit_.remove(pod).ok()) return;
    kit_.event(look.set, "Normal", "SuccessfulDelete",
               fmt::format("Delete Pod {} in StatefulSet {} successful", name_of(pod), name_of(look.set)));
    if (string_at(look.set, {"spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"}) != "Delete") return;
    const auto ordinal = stateful_ordinal(look.set, pod);
    if (!ordinal || *ordinal < look.first + look.size) return;
    for (const Json& claim : stateful_claims(look.set, *ordinal))
      if (const ObjectPtr live = kit_.get({"persistentvolumeclaims", namespace_of(claim), name_of(claim)}))
        kit_.remove(*live);
  }

  // Replaces pods of older revisions, one at a time from the highest, down to the partition.
  void roll(const Look& look) {
    if (string_at(look.set, {"spec", "updateStrategy", "type"}) != "RollingUpdate") return;
    const Members members = members_of(look);
    const std::string wanted = revision_hash(*look.update, look.set);
    for (auto member = members.by_ordinal.rbegin(); member != members.by_ordinal.rend(); ++member) {
      if (member->first < look.first + look.partition) return;
      const Json& pod = *member->second;
      if (string_at(pod, {"metadata", "labels", revision_label}) != wanted && !is_terminating(pod))
        return remove_pod(look, pod);
      if (is_terminating(pod) || !is_available(look, pod)) return;
    }
  }

  void write_status(const Look& look) {
    std::int64_t total = 0, ready = 0, available = 0, current = 0, updated = 0;
    const std::string current_hash = name_of(*look.current), update_hash = name_of(*look.update);
    for (const ObjectPtr& pod : kit_.owned("pods", namespace_of(look.set), uid_of(look.set))) {
      ++total;
      if (pod_is_ready(*pod) && string_at(*pod, {"status", "phase"}) == "Running") ++ready;
      if (is_available(look, *pod) && !is_terminating(*pod)) ++available;
      if (is_terminating(*pod)) continue;
      const std::string hash = string_at(*pod, {"metadata", "labels", revision_label});
      if (hash == current_hash) ++current;
      if (hash == update_hash) ++updated;
    }
    const bool rolling = string_at(look.set, {"spec", "updateStrategy", "type"}) == "RollingUpdate";
    const bool done = rolling && updated == total && ready == total && total == look.size;
    Json next = look.set;
    Json& status = next["status"];
    status["observedGeneration"] = int_at(look.set, {"metadata", "generation"});
    status["replicas"] = total;
    status["availableReplicas"] = available;
    status["currentRevision"] = done ? update_hash : current_hash;
    status["updateRevision"] = update_hash;
    status["collisionCount"] = int_at(look.set, {"status", "collisionCount"});
    for (const auto& [field, count] : {std::pair{"readyReplicas", ready},
                                       {"currentReplicas", done ? updated : current},
                                       {"updatedReplicas", updated}}) {
      status.erase(field);
      if (count > 0) status[field] = count;
    }
    kit_.update_status(next);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_stateful_set_controller(Api& api, Timers& timers) {
  return std::make_unique<StatefulSetController>(api, timers);
}

}  // namespace kforge::sandbox
