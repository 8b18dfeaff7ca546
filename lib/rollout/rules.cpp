// SPDX-License-Identifier: Apache-2.0
#include "rollout/rules.hpp"

#include <algorithm>
#include <array>

namespace kforge::rollout {
namespace {

constexpr std::array rules = {
    Rule{"apps", "Deployment", judge_deployment, Observed::required},
    Rule{"apps", "StatefulSet", judge_stateful_set, Observed::required},
    Rule{"apps", "DaemonSet", judge_daemon_set, Observed::required},
    Rule{"apps", "ReplicaSet", judge_replica_set, Observed::required},
    Rule{"", "Pod", judge_pod},
    Rule{"batch", "Job", judge_job},
    Rule{"batch", "CronJob", judge_cron_job},
    Rule{"", "Service", judge_service},
    Rule{"networking.k8s.io", "Ingress", judge_ingress},
    Rule{"", "PersistentVolumeClaim", judge_claim},
    // An autoscaler never holds a deploy up, not even by being slow.
    Rule{"autoscaling", "HorizontalPodAutoscaler", judge_autoscaler, Observed::ignored},
    Rule{"policy", "PodDisruptionBudget", judge_disruption_budget, Observed::required},
    Rule{"", "Namespace", judge_namespace},
    Rule{"apiextensions.k8s.io", "CustomResourceDefinition", judge_definition},
    Rule{"apiregistration.k8s.io", "APIService", judge_api_service},
};

// Groups that the API server itself serves. A custom resource may also live under k8s.io, so the ending says nothing.
constexpr std::array<std::string_view, 22> builtin_groups = {"",
                                                             "admissionregistration.k8s.io",
                                                             "apiextensions.k8s.io",
                                                             "apiregistration.k8s.io",
                                                             "apps",
                                                             "authentication.k8s.io",
                                                             "authorization.k8s.io",
                                                             "autoscaling",
                                                             "batch",
                                                             "certificates.k8s.io",
                                                             "coordination.k8s.io",
                                                             "discovery.k8s.io",
                                                             "events.k8s.io",
                                                             "flowcontrol.apiserver.k8s.io",
                                                             "internal.apiserver.k8s.io",
                                                             "networking.k8s.io",
                                                             "node.k8s.io",
                                                             "policy",
                                                             "rbac.authorization.k8s.io",
                                                             "resource.k8s.io",
                                                             "scheduling.k8s.io",
                                                             "storage.k8s.io"};

constexpr Rule existing{"", "", judge_existing};
constexpr Rule custom{"", "", judge_custom_resource};

}  // namespace

const Rule& rule_for(const Json& live) {
  const std::string_view group = group_of(live), kind = kind_of(live);
  const auto rule = std::find_if(rules.begin(), rules.end(),
                                 [&](const Rule& each) { return each.kind == kind && each.group == group; });
  if (rule != rules.end()) return *rule;
  const bool builtin = std::find(builtin_groups.begin(), builtin_groups.end(), group) != builtin_groups.end();
  return builtin ? existing : custom;
}

Verdict judge_existing(Judging&) {
  return ready("exists");
}

}  // namespace kforge::rollout
