// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.hpp"
#include "sandbox/api/defaults.hpp"
#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/workload_rules.hpp"

#include <algorithm>
#include <charconv>

namespace kforge::sandbox {
namespace {

bool same_amount(const Json& a, const Json& b) {
  const auto left = Quantity::parse(a.is_string() ? a.get<std::string>() : ""),
             right = Quantity::parse(b.is_string() ? b.get<std::string>() : "");
  return left && right && *left == *right;
}

}  // namespace

std::string qos_class(const Json& pod_spec) {
  bool any = false, guaranteed = true;
  for (const char* list : {"containers", "initContainers"})
    for (const Json& container : at_path(pod_spec, {list})) {
      const Json &requests = at_path(container, {"resources", "requests"}),
                 &limits = at_path(container, {"resources", "limits"});
      for (const char* name : {"cpu", "memory"}) {
        any = any || requests.contains(name) || limits.contains(name);
        guaranteed = guaranteed && limits.contains(name) &&
                     (!requests.contains(name) || same_amount(requests[name], limits[name]));
      }
    }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

void create_pod(Json& object) {
  object["status"] = {{"phase", "Pending"}, {"qosClass", qos_class(at_path(object, {"spec"}))}};
}

void create_job(Json& object) {
  object["status"] = Json::object();
  if (bool_at(object, {"spec", "manualSelector"})) return;
  const std::string uid = string_at(object, {"metadata", "uid"}), name = name_of(object);
  Json& labels = object["spec"]["template"]["metadata"]["labels"];
  for (const auto& [key, value] : {std::pair{"batch.kubernetes.io/controller-uid", uid},
                                   {"batch.kubernetes.io/job-name", name},
                                   {"controller-uid", uid},
                                   {"job-name", name}})
    set_default(labels, key, value);
  set_default(object["metadata"], "labels", labels);
  object["spec"]["selector"] = {{"matchLabels", {{"batch.kubernetes.io/controller-uid", uid}}}};
  set_default(object["spec"]["template"]["spec"], "restartPolicy", "Never");
}

void create_daemon_set_status(Json& object) {
  object["status"] = {
      {"currentNumberScheduled", 0}, {"numberMisscheduled", 0}, {"desiredNumberScheduled", 0}, {"numberReady", 0}};
}
void count_template_generation(const Json& before, Json& after) {
  const std::string known = string_at(before, {"metadata", "annotations", template_generation}, "1");
  std::int64_t number = 1;
  std::from_chars(known.data(), known.data() + known.size(), number);
  const bool same = at_path(before, {"spec", "template"}) == at_path(after, {"spec", "template"});
  after["metadata"]["annotations"][template_generation] = std::to_string(same ? number : number + 1);
}
void create_replica_set_status(Json& object) {
  object["status"] = {{"replicas", 0}};
}
void create_stateful_set_status(Json& object) {
  object["status"] = {{"replicas", 0}, {"availableReplicas", 0}};
}
void create_autoscaler_status(Json& object) {
  object["status"] = {{"desiredReplicas", 0}, {"currentMetrics", nullptr}};
}
void create_budget_status(Json& object) {
  object["status"] = {{"disruptionsAllowed", 0}, {"currentHealthy", 0}, {"desiredHealthy", 0}, {"expectedPods", 0}};
}
void create_service_status(Json& object) {
  object["status"] = {{"loadBalancer", Json::object()}};
}

void keep_service_addresses(const Json& before, Json& after) {
  const Json& old = at_path(before, {"spec"});
  Json& spec = after["spec"];
  if (string_at(spec, {"type"}) == "ExternalName") return;
  for (const char* field : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"})
    if (old.contains(field)) set_default(spec, field, old[field]);
  if (string_at(spec, {"type"}) == "ClusterIP") return;
  each(spec, "ports", [&](Json& port) {
    for (const Json& known : at_path(old, {"ports"}))
      if (known.contains("nodePort") && at_path(known, {"port"}) == at_path(port, {"port"}))
        set_default(port, "nodePort", known["nodePort"]);
  });
}

}  // namespace kforge::sandbox
