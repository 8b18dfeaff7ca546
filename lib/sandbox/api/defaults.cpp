// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/defaults.hpp"

#include "base/text.hpp"
#include "sandbox/api/workload_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kforge::sandbox {
namespace {

Json& spec_of(Json& object) {
  set_default(object, "spec", Json::object());
  return object["spec"];
}

void default_template(Json& spec) {
  set_default(spec, "template", Json::object());
  set_default(spec["template"], "spec", Json::object());
  default_pod_spec(spec["template"]["spec"]);
}

void default_protocol(Json& port) {
  set_default(port, "protocol", "TCP");
}

void default_endpoints(Json& object) {
  each(object, "subsets", [](Json& subset) { each(subset, "ports", default_protocol); });
}

void default_endpoint_slice(Json& object) {
  each(object, "ports", [](Json& port) {
    set_default(port, "name", "");
    default_protocol(port);
  });
}

void default_deployment(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "replicas", 1);
  set_default(spec, "strategy", Json::object());
  set_default(spec["strategy"], "type", "RollingUpdate");
  if (spec["strategy"]["type"] == "RollingUpdate") {
    set_default(spec["strategy"], "rollingUpdate", Json::object());
    set_default(spec["strategy"]["rollingUpdate"], "maxUnavailable", "25%");
    set_default(spec["strategy"]["rollingUpdate"], "maxSurge", "25%");
  }
  set_default(spec, "revisionHistoryLimit", 10);
  set_default(spec, "progressDeadlineSeconds", 600);
  default_template(spec);
}

void default_claim_template(Json& claim) {
  set_default(claim, "apiVersion", "v1");
  set_default(claim, "kind", "PersistentVolumeClaim");
  set_default(claim, "status", {{"phase", "Pending"}});
  default_claim_spec(spec_of(claim));
}

void default_stateful_set(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "podManagementPolicy", "OrderedReady");
  set_default(spec, "updateStrategy", Json::object());
  set_default(spec["updateStrategy"], "type", "RollingUpdate");
  if (spec["updateStrategy"]["type"] == "RollingUpdate") {
    set_default(spec["updateStrategy"], "rollingUpdate", Json::object());
    set_default(spec["updateStrategy"]["rollingUpdate"], "partition", 0);
  }
  set_default(spec, "persistentVolumeClaimRetentionPolicy", Json::object());
  set_default(spec["persistentVolumeClaimRetentionPolicy"], "whenDeleted", "Retain");
  set_default(spec["persistentVolumeClaimRetentionPolicy"], "whenScaled", "Retain");
  set_default(spec, "replicas", 1);
  set_default(spec, "revisionHistoryLimit", 10);
  if (spec.contains("volumeClaimTemplates") && spec["volumeClaimTemplates"].is_array())
    for (Json& claim : spec["volumeClaimTemplates"]) default_claim_template(claim);
  default_template(spec);
}

void default_daemon_set(Json& object) {
  set_default(object["metadata"]["annotations"], template_generation, "1");
  Json& spec = spec_of(object);
  set_default(spec, "updateStrategy", Json::object());
  set_default(spec["updateStrategy"], "type", "RollingUpdate");
  if (spec["updateStrategy"]["type"] == "RollingUpdate") {
    set_default(spec["updateStrategy"], "rollingUpdate", Json::object());
    set_default(spec["updateStrategy"]["rollingUpdate"], "maxUnavailable", 1);
    set_default(spec["updateStrategy"]["rollingUpdate"], "maxSurge", 0);
  }
  set_default(spec, "revisionHistoryLimit", 10);
  default_template(spec);
}

void default_replica_set(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "replicas", 1);
  default_template(spec);
}

void default_job_spec(Json& spec) {
  if (!spec.contains("completions") && !spec.contains("parallelism")) {
    spec["completions"] = 1;
    spec["parallelism"] = 1;
  }
  set_default(spec, "parallelism", 1);
  set_default(spec, "backoffLimit", 6);
  set_default(spec, "completionMode", "NonIndexed");
  set_default(spec, "suspend", false);
  set_default(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
  default_template(spec);
}

void default_job(Json& object) {
  default_job_spec(spec_of(object));
  set_default(object["spec"], "manualSelector", false);
}

void default_cron_job(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "concurrencyPolicy", "Allow");
  set_default(spec, "suspend", false);
  set_default(spec, "successfulJobsHistoryLimit", 3);
  set_default(spec, "failedJobsHistoryLimit", 1);
  if (spec.contains("jobTemplate") && spec["jobTemplate"].contains("spec"))
    default_template(spec["jobTemplate"]["spec"]);
}

void default_service(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "sessionAffinity", "None");
  set_default(spec, "type", "ClusterIP");
  each(spec, "ports", [](Json& port) {
    default_protocol(port);
    if (port.contains("port")) set_default(port, "targetPort", port["port"]);
  });
  const std::string type = string_at(spec, {"type"});
  if (type == "ExternalName") return;
  set_default(spec, "internalTrafficPolicy", "Cluster");
  if (type == "NodePort" || type == "LoadBalancer") set_default(spec, "externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") set_default(spec, "allocateLoadBalancerNodePorts", true);
}

void default_claim(Json& object) {
  default_claim_spec(spec_of(object));
}

void default_volume(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "persistentVolumeReclaimPolicy", "Retain");
  set_default(spec, "volumeMode", "Filesystem");
  if (spec.contains("hostPath")) set_default(spec["hostPath"], "type", "");
}

// A direction without policies gets the autoscaler's own.
void default_scaling_rules(Json& rules, const Json& policies, int window) {
  set_default(rules, "selectPolicy", "Max");
  set_default(rules, "policies", policies);
  if (window >= 0) set_default(rules, "stabilizationWindowSeconds", window);
}

void default_autoscaler(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "minReplicas", 1);
  if (at_path(spec, {"metrics"}).empty())
    spec["metrics"] = {
        {{"type", "Resource"},
         {"resource", {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", 80}}}}}}};
  if (!spec.contains("behavior")) return;
  default_scaling_rules(spec["behavior"]["scaleUp"],
                        {{{"type", "Pods"}, {"value", 4}, {"periodSeconds", 15}},
                         {{"type", "Percent"}, {"value", 100}, {"periodSeconds", 15}}},
                        0);
  default_scaling_rules(spec["behavior"]["scaleDown"], {{{"type", "Percent"}, {"value", 100}, {"periodSeconds", 15}}},
                        -1);
}

void default_network_policy(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "podSelector", Json::object());
  if (!spec.contains("policyTypes")) {
    spec["policyTypes"] = {"Ingress"};
    if (!at_path(spec, {"egress"}).empty()) spec["policyTypes"].push_back("Egress");
  }
  for (const char* direction : {"ingress", "egress"})
    each(spec, direction, [](Json& rule) { each(rule, "ports", default_protocol); });
}

void default_namespace(Json& object) {
  if (const std::string name = string_at(object, {"metadata", "name"}); !name.empty())
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
}

// stringData is write-only: it ends up in data.
void default_secret(Json& object) {
  set_default(object, "type", "Opaque");
  const Json texts = at_path(object, {"stringData"});
  if (texts.is_object())
    for (const auto& [key, value] : texts.items())
      if (value.is_string()) object["data"][key] = base64_encode(value.get_ref<const std::string&>());
  object.erase("stringData");
}

// Copies: the loop writes into the same object.
void default_from(Json& limit, const char* source, const char* field) {
  const Json amounts = at_path(limit, {source});
  for (const auto& [name, amount] : amounts.items()) set_default(limit[field], name, amount);
}

void default_limit_range(Json& object) {
  each(spec_of(object), "limits", [](Json& limit) {
    if (string_at(limit, {"type"}) != "Container") return;
    default_from(limit, "max", "default");
    default_from(limit, "default", "defaultRequest");
    default_from(limit, "min", "defaultRequest");
  });
}

void default_storage_class(Json& object) {
  set_default(object, "reclaimPolicy", "Delete");
  set_default(object, "volumeBindingMode", "Immediate");
}

void default_binding(Json& object) {
  if (object.contains("roleRef")) set_default(object["roleRef"], "apiGroup", "rbac.authorization.k8s.io");
  if (!object.contains("subjects") || !object["subjects"].is_array()) return;
  for (Json& subject : object["subjects"])
    if (const std::string kind = string_at(subject, {"kind"}); kind == "User" || kind == "Group")
      set_default(subject, "apiGroup", "rbac.authorization.k8s.io");
}

void default_priority_class(Json& object) {
  set_default(object, "preemptionPolicy", "PreemptLowerPriority");
}

void default_definition(Json& object) {
  Json& spec = spec_of(object);
  set_default(spec, "conversion", {{"strategy", "None"}});
  if (!spec.contains("names")) return;
  const std::string kind = string_at(spec, {"names", "kind"});
  set_default(spec["names"], "singular", to_lower(kind));
  set_default(spec["names"], "listKind", kind + "List");
}

constexpr std::array<std::pair<std::string_view, Defaulter>, 22> defaulters{{
    {"clusterrolebindings.rbac.authorization.k8s.io", default_binding},
    {"cronjobs.batch", default_cron_job},
    {"customresourcedefinitions.apiextensions.k8s.io", default_definition},
    {"daemonsets.apps", default_daemon_set},
    {"deployments.apps", default_deployment},
    {"endpoints", default_endpoints},
    {"endpointslices.discovery.k8s.io", default_endpoint_slice},
    {"horizontalpodautoscalers.autoscaling", default_autoscaler},
    {"jobs.batch", default_job},
    {"limitranges", default_limit_range},
    {"namespaces", default_namespace},
    {"networkpolicies.networking.k8s.io", default_network_policy},
    {"persistentvolumeclaims", default_claim},
    {"persistentvolumes", default_volume},
    {"pods", default_pod},
    {"priorityclasses.scheduling.k8s.io", default_priority_class},
    {"replicasets.apps", default_replica_set},
    {"rolebindings.rbac.authorization.k8s.io", default_binding},
    {"secrets", default_secret},
    {"services", default_service},
    {"statefulsets.apps", default_stateful_set},
    {"storageclasses.storage.k8s.io", default_storage_class},
}};

}  // namespace

void default_claim_spec(Json& spec) {
  set_default(spec, "volumeMode", "Filesystem");
}

Defaulter defaulter_of(std::string_view resource) {
  const auto* const found = std::ranges::find(defaulters, resource, &std::pair<std::string_view, Defaulter>::first);
  return found == defaulters.end() ? nullptr : found->second;
}

}  // namespace kforge::sandbox
