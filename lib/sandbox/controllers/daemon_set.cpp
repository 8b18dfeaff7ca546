// SPDX-License-Identifier: Apache-2.0
// DaemonSets: one pod on every node that takes it (pkg/controller/daemon).
#include "sandbox/controllers/controller.hpp"
#include "sandbox/controllers/node_fit.hpp"
#include "sandbox/controllers/revisions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "daemonsets.apps";
constexpr Milliseconds retry_after_refusal{5000};

// Daemons run where nothing else may be scheduled (pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations).
struct Toleration {
  const char *key, *effect;
};
constexpr std::array<Toleration, 6> tolerations{{{"node.kubernetes.io/not-ready", "NoExecute"},
                                                 {"node.kubernetes.io/unreachable", "NoExecute"},
                                                 {"node.kubernetes.io/disk-pressure", "NoSchedule"},
                                                 {"node.kubernetes.io/memory-pressure", "NoSchedule"},
                                                 {"node.kubernetes.io/pid-pressure", "NoSchedule"},
                                                 {"node.kubernetes.io/unschedulable", "NoSchedule"}}};

std::string node_of(const Json& pod) {
  if (const std::string bound = string_at(pod, {"spec", "nodeName"}); !bound.empty()) return bound;
  const Json& terms = at_path(
      pod, {"spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"});
  for (const Json& term : terms)
    for (const Json& field : at_path(term, {"matchFields"}))
      for (const Json& value : at_path(field, {"values"})) return value.get<std::string>();
  return {};
}

class DaemonSetController final : public Controller {
 public:
  DaemonSetController(Api& api, Timers& timers)
      : kit_(api, timers, "daemonset-controller"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == resource) queue_.add(change.key);
    if (change.key.resource == "nodes")
      for (const ObjectPtr& set : kit_.list(resource, "")) queue_.add({resource, namespace_of(*set), name_of(*set)});
    if (change.key.resource != "pods") return;
    const Json& owner = controlling_owner(*change.object);
    if (string_at(owner, {"kind"}) == "DaemonSet")
      queue_.add({resource, change.key.name_space, string_at(owner, {"name"})});
  }

 private:
  using ByNode = std::map<std::string, std::vector<ObjectPtr>>;

  void reconcile(const Key& key) {
    const ObjectPtr set = kit_.get(key);
    if (!set || is_terminating(*set)) return;
    const ObjectPtr revision = current_revision(kit_, *set);
    if (!revision) return;
    const std::string hash = revision_hash(*revision, *set);
    manage(*set, hash);
    roll(*set, hash);
    write_status(key, *set, hash);
    trim_revisions(kit_, *set, {name_of(*revision)}, int_at(*set, {"spec", "revisionHistoryLimit"}, 10));
  }

  ByNode pods_of(const Json& set) const {
    ByNode pods;
    for (const ObjectPtr& pod : kit_.owned("pods", namespace_of(set), uid_of(set))) pods[node_of(*pod)].push_back(pod);
    return pods;
  }

  static Json daemon_spec(const Json& set) {
    Json spec = at_path(set, {"spec", "template", "spec"});
    if (!spec.contains("tolerations")) spec["tolerations"] = Json::array();
    for (const Toleration& each : tolerations)
      spec["tolerations"].push_back({{"key", each.key}, {"operator", "Exists"}, {"effect", each.effect}});
    return spec;
  }

  bool wants(const Json& node, const Json& set) const {
    const Json spec = daemon_spec(set);
    return node_selected(node, spec) && untolerated_taint(node, spec).is_null();
  }

  void manage(const Json& set, const std::string& hash) {
    const ByNode pods = pods_of(set);
    for (const ObjectPtr& node : kit_.list("nodes", "")) {
      const auto there = pods.find(name_of(*node));
      const bool has = there != pods.end();
      if (!wants(*node, set)) {
        for (const ObjectPtr& pod : has ? there->second : std::vector<ObjectPtr>{}) remove_pod(set, *pod);
        continue;
      }
      if (!has && !create_pod(set, name_of(*node), hash)) return;
      for (const ObjectPtr& pod : has ? there->second : std::vector<ObjectPtr>{})
        if (string_at(*pod, {"status", "phase"}) == "Failed") {
          kit_.event(set, "Warning", "FailedDaemonPod",
                     fmt::format("Found failed daemon pod {}/{} on node {}, will try to kill it", namespace_of(*pod),
                                 name_of(*pod), name_of(*node)));
          remove_pod(set, *pod);
        }
    }
  }

  bool create_pod(const Json& set, const std::string& node, const std::string& hash) {
    Json pod = pod_from_template(at_path(set, {"spec", "template"}), set, namespace_of(set));
    pod["metadata"]["generateName"] = name_of(set) + "-";
    pod["metadata"]["labels"][revision_label] = hash;
    pod["metadata"]["labels"]["pod-template-generation"] =
        string_at(set, {"metadata", "annotations", "deprecated.daemonset.template.generation"}, "1");
    pod["spec"] = daemon_spec(set);
    pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = {
        {"nodeSelectorTerms",
         {{{"matchFields", {{{"key", "metadata.name"}, {"operator", "In"}, {"values", {node}}}}}}}}};
    const Outcome outcome = kit_.create(std::move(pod));
    if (outcome.ok()) {
      kit_.event(set, "Normal", "SuccessfulCreate", "Created pod: " + name_of(outcome.body));
      return true;
    }
    kit_.event(set, "Warning", "FailedCreate", "Error creating: " + string_at(outcome.body, {"message"}));
    queue_.add_after({resource, namespace_of(set), name_of(set)}, retry_after_refusal);
    return false;
  }

  void remove_pod(const Json& set, const Json& pod) {
    if (!is_terminating(pod) && kit_.remove(pod).ok())
      kit_.event(set, "Normal", "SuccessfulDelete", "Deleted pod: " + name_of(pod));
  }

  bool is_available(const Key& key, const Json& set, const Json& pod) {
    const Availability state =
        pod_availability(pod, static_cast<int>(int_at(set, {"spec", "minReadySeconds"})), kit_.now());
    if (state.missing.count() > 0) queue_.add_after(key, state.missing);
    return state.available;
  }

  // Old pods go as long as not more than maxUnavailable nodes are without a daemon that works.
  void roll(const Json& set, const std::string& hash) {
    if (string_at(set, {"spec", "updateStrategy", "type"}) != "RollingUpdate") return;
    const Key key{resource, namespace_of(set), name_of(set)};
    const ByNode pods = pods_of(set);
    int wanted = 0, unavailable = 0;
    std::vector<ObjectPtr> old_well, old_ill;
    for (const ObjectPtr& node : kit_.list("nodes", "")) {
      if (!wants(*node, set)) continue;
      ++wanted;
      bool well = false;
      const auto there = pods.find(name_of(*node));
      for (const ObjectPtr& pod : there == pods.end() ? std::vector<ObjectPtr>{} : there->second) {
        const bool available = !is_terminating(*pod) && is_available(key, set, *pod);
        well = well || available;
        if (string_at(*pod, {"metadata", "labels", revision_label}) != hash && !is_terminating(*pod))
          (available ? old_well : old_ill).push_back(pod);
      }
      if (!well) ++unavailable;
    }
    for (const ObjectPtr& pod : old_ill) remove_pod(set, *pod);
    const int allowed =
        std::max(1, resolve_int_or_percent(at_path(set, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"}),
                                           wanted, true));
    for (const ObjectPtr& pod : old_well) {
      if (unavailable++ >= allowed) return;
      remove_pod(set, *pod);
    }
  }

  void write_status(const Key& key, const Json& set, const std::string& hash) {
    std::int64_t desired = 0, current = 0, misplaced = 0, ready = 0, available = 0, updated = 0;
    const ByNode pods = pods_of(set);
    for (const ObjectPtr& node : kit_.list("nodes", "")) {
      const bool wanted = wants(*node, set);
      desired += wanted ? 1 : 0;
      const auto there = pods.find(name_of(*node));
      if (there == pods.end()) continue;
      (wanted ? current : misplaced) += 1;
      if (!wanted) continue;
      const Json& pod = *there->second.front();
      ready += pod_is_ready(pod) ? 1 : 0;
      available += pod_is_ready(pod) && is_available(key, set, pod) ? 1 : 0;
      updated += string_at(pod, {"metadata", "labels", revision_label}) == hash ? 1 : 0;
    }
    Json next = set;
    Json& status = next["status"];
    status["observedGeneration"] = int_at(set, {"metadata", "generation"});
    status["desiredNumberScheduled"] = desired;
    status["currentNumberScheduled"] = current;
    status["numberMisscheduled"] = misplaced;
    status["numberReady"] = ready;
    for (const auto& [field, count] : {std::pair{"updatedNumberScheduled", updated},
                                       {"numberAvailable", available},
                                       {"numberUnavailable", desired - available}}) {
      status.erase(field);
      if (count > 0) status[field] = count;
    }
    kit_.update_status(next);
  }

  Kit kit_;
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_daemon_set_controller(Api& api, Timers& timers) {
  return std::make_unique<DaemonSetController>(api, timers);
}

}  // namespace kforge::sandbox
