// SPDX-License-Identifier: Apache-2.0
#include "rollout/pods.hpp"

#include "rollout/pod_reading.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace kforge::rollout {
namespace {

constexpr std::string_view revision_annotation = "deployment.kubernetes.io/revision";

std::string_view annotation(const Json& object, std::string_view name) {
  return text_at(object, {"metadata", "annotations", name});
}
std::string_view label(const Json& object, std::string_view name) {
  return text_at(object, {"metadata", "labels", name});
}

template <class Keep>
std::vector<const Json*> filtered(const std::vector<const Json*>& objects, Keep keep) {
  std::vector<const Json*> kept;
  std::copy_if(objects.begin(), objects.end(), std::back_inserter(kept), [&](const Json* each) { return keep(*each); });
  return kept;
}

std::vector<const Json*> owned(const std::vector<const Json*>& objects, const Json& owner) {
  return filtered(objects, [&](const Json& each) { return is_controlled_by(each, owner); });
}

// Pods of a Deployment hang on its ReplicaSets. Where those are not known, the selector decides.
std::vector<const Json*> pods_of_deployment(const Json& deployment, const Surroundings& around) {
  const auto sets = owned(around.replica_sets, deployment);
  if (!sets.empty())
    return filtered(around.pods, [&](const Json& pod) {
      return std::any_of(sets.begin(), sets.end(), [&](const Json* set) { return is_controlled_by(pod, *set); });
    });
  const Json& selector = at_path(deployment, {"spec", "selector"});
  return filtered(around.pods, [&](const Json& pod) {
    return text_at(controller_of(pod), {"kind"}) == "ReplicaSet" && namespace_of(pod) == namespace_of(deployment) &&
           selects(selector, at_path(pod, {"metadata", "labels"}));
  });
}

// Without ReplicaSets: the template hash of the youngest pod, as only the newest revision gets new pods.
std::vector<const Json*> youngest_template(const std::vector<const Json*>& pods) {
  const auto born = [](const Json* pod) { return text_at(*pod, {"metadata", "creationTimestamp"}); };
  const auto youngest =
      std::max_element(pods.begin(), pods.end(), [&](const Json* a, const Json* b) { return born(a) < born(b); });
  if (youngest == pods.end()) return {};
  const std::string_view hash = label(**youngest, "pod-template-hash");
  return filtered(pods, [&](const Json& pod) { return label(pod, "pod-template-hash") == hash; });
}

std::vector<const Json*> new_pods_of_deployment(const Json& deployment, const Surroundings& around) {
  if (!is_observed(deployment)) return {};
  if (const Json* set = new_replica_set(deployment, around)) return owned(around.pods, *set);
  if (!owned(around.replica_sets, deployment).empty()) return {};
  return youngest_template(pods_of_deployment(deployment, around));
}

std::vector<const Json*> new_pods_of_stateful_set(const Json& set, const Surroundings& around) {
  const std::string_view revision = text_at(set, {"status", "updateRevision"});
  if (!is_observed(set)) return {};
  return filtered(owned(around.pods, set), [&](const Json& pod) {
    return revision.empty() || label(pod, "controller-revision-hash") == revision;
  });
}

// A DaemonSet's status names no revision; its controller writes the template's generation on set and pods.
std::vector<const Json*> new_pods_of_daemon_set(const Json& set, const Surroundings& around) {
  const std::string_view generation = annotation(set, "deprecated.daemonset.template.generation");
  if (!is_observed(set)) return {};
  return filtered(owned(around.pods, set), [&](const Json& pod) {
    const std::string_view of_pod = label(pod, "pod-template-generation");
    return generation.empty() || of_pod.empty() || of_pod == generation;
  });
}

bool is_waiting_badly(const Json& pod) {
  for (const Json& status : list_at(pod, {"status", "containerStatuses"})) {
    const std::string_view reason = text_at(status, {"state", "waiting", "reason"});
    if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") return true;
  }
  return text_at(pod, {"status", "phase"}) == "Failed";
}

void sort_worst_first(std::vector<const Json*>& pods) {
  if (pods.size() < 2) return;
  using Rank = std::tuple<bool, std::int64_t, bool, std::string_view>;
  std::vector<std::pair<Rank, const Json*>> ranked;
  for (const Json* pod : pods)
    ranked.emplace_back(Rank{is_waiting_badly(*pod), restarts_of(*pod), !is_ready(*pod),
                             text_at(*pod, {"metadata", "creationTimestamp"})},
                        pod);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::transform(ranked.begin(), ranked.end(), pods.begin(), [](const auto& each) { return each.second; });
}

}  // namespace

bool is_observed(const Json& live) {
  return int_at(live, {"status", "observedGeneration"}) >= int_at(live, {"metadata", "generation"});
}

const Json* new_replica_set(const Json& deployment, const Surroundings& around) {
  const std::string_view revision = annotation(deployment, revision_annotation);
  if (!is_observed(deployment) || revision.empty()) return nullptr;
  for (const Json* set : around.replica_sets)
    if (is_controlled_by(*set, deployment) && annotation(*set, revision_annotation) == revision) return set;
  return nullptr;
}

std::vector<const Json*> all_pods(const Json& workload, const Surroundings& around) {
  const std::string_view kind = kind_of(workload);
  if (kind == "Pod") return {&workload};
  if (kind == "Deployment") return pods_of_deployment(workload, around);
  return owned(around.pods, workload);
}

std::vector<const Json*> new_pods(const Json& workload, const Surroundings& around) {
  const std::string_view kind = kind_of(workload);
  std::vector<const Json*> pods = kind == "Deployment"    ? new_pods_of_deployment(workload, around)
                                  : kind == "StatefulSet" ? new_pods_of_stateful_set(workload, around)
                                  : kind == "DaemonSet"   ? new_pods_of_daemon_set(workload, around)
                                                          : all_pods(workload, around);
  sort_worst_first(pods);
  return pods;
}

std::map<std::string, std::int64_t> restart_counts(const std::vector<const Json*>& pods) {
  std::map<std::string, std::int64_t> counts;
  for (const Json* pod : pods)
    for (const std::string_view list : {"containerStatuses", "initContainerStatuses"})
      for (const Json& status : list_at(*pod, {"status", list}))
        counts[container_key(*pod, status)] = count_at(status, {"restartCount"});
  return counts;
}

}  // namespace kforge::rollout
