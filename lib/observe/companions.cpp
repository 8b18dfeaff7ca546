// SPDX-License-Identifier: Apache-2.0
#include "observe/companions.hpp"

#include "rollout/reading.hpp"

#include <fmt/format.h>

namespace kforge::observe {
namespace {

using rollout::count_at;
using rollout::kind_of;
using rollout::list_at;
using rollout::name_of;
using rollout::namespace_of;
using rollout::text_at;

const Json& pod_labels_of(const Json& workload) {
  return kind_of(workload) == "Pod" ? at_path(workload, {"metadata", "labels"})
                                    : at_path(workload, {"spec", "template", "metadata", "labels"});
}

bool is_cpu(const Json& metric) {
  return text_at(metric, {"type"}) == "Resource" && text_at(metric, {"resource", "name"}) == "cpu";
}

std::optional<std::int64_t> cpu_percent(const Json::array_t& metrics, std::string_view part) {
  for (const Json& metric : metrics)
    if (is_cpu(metric) && at_path(metric, {"resource", part, "averageUtilization"}).is_number())
      return count_at(metric, {"resource", part, "averageUtilization"});
  return std::nullopt;
}

}  // namespace

Companions::Companions(const std::vector<Json>& objects) {
  for (const Json& object : objects) {
    const std::string_view kind = kind_of(object);
    if (kind == "HorizontalPodAutoscaler")
      autoscalers_[fmt::format("{}/{}/{}", namespace_of(object), text_at(object, {"spec", "scaleTargetRef", "kind"}),
                               text_at(object, {"spec", "scaleTargetRef", "name"}))] = &object;
    else if (kind == "PodDisruptionBudget")
      budgets_.push_back(&object);
    else if (kind == "Service")
      services_.push_back(&object);
    else if (kind == "EndpointSlice")
      slices_[fmt::format("{}/{}", namespace_of(object),
                          text_at(object, {"metadata", "labels", "kubernetes.io/service-name"}))]
          .push_back(&object);
  }
}

std::optional<Autoscaling> Companions::autoscaling_of(const Json& workload) const {
  const auto found =
      autoscalers_.find(fmt::format("{}/{}/{}", namespace_of(workload), kind_of(workload), name_of(workload)));
  if (found == autoscalers_.end()) return std::nullopt;
  const Json &spec = at_path(*found->second, {"spec"}), &status = at_path(*found->second, {"status"});
  return Autoscaling{.name = std::string(name_of(*found->second)),
                     .min = count_at(spec, {"minReplicas"}, 1),
                     .max = count_at(spec, {"maxReplicas"}),
                     .current = count_at(status, {"currentReplicas"}),
                     .wanted = count_at(status, {"desiredReplicas"}),
                     .cpu = cpu_percent(list_at(status, {"currentMetrics"}), "current"),
                     .cpu_target = cpu_percent(list_at(spec, {"metrics"}), "target")};
}

std::optional<Budget> Companions::budget_of(const Json& workload) const {
  const Json& labels = pod_labels_of(workload);
  for (const Json* budget : budgets_) {
    if (namespace_of(*budget) != namespace_of(workload) ||
        !rollout::selects(at_path(*budget, {"spec", "selector"}), labels))
      continue;
    const Json& status = at_path(*budget, {"status"});
    return Budget{.name = std::string(name_of(*budget)),
                  .allowed = count_at(status, {"disruptionsAllowed"}),
                  .healthy = count_at(status, {"currentHealthy"}),
                  .needed = count_at(status, {"desiredHealthy"})};
  }
  return std::nullopt;
}

std::vector<const Json*> Companions::services_of(const Json& workload) const {
  const Json& labels = pod_labels_of(workload);
  std::vector<const Json*> found;
  for (const Json* service : services_)
    if (namespace_of(*service) == namespace_of(workload) &&
        rollout::has_labels(at_path(*service, {"spec", "selector"}), labels))
      found.push_back(service);
  return found;
}

// A pod behind several Services counts once: it is ready when it is ready in each.
std::optional<Endpoints> Companions::endpoints_of(const Json& workload) const {
  std::map<std::string_view, bool> ready;
  const std::vector<const Json*> services = services_of(workload);
  if (services.empty()) return std::nullopt;
  for (const Json* service : services) {
    const auto slices = slices_.find(fmt::format("{}/{}", namespace_of(*service), name_of(*service)));
    if (slices == slices_.end()) continue;
    for (const Json* slice : slices->second)
      for (const Json& endpoint : list_at(*slice, {"endpoints"})) {
        const std::string_view pod = text_at(endpoint, {"targetRef", "name"});
        const bool serves = bool_at(endpoint, {"conditions", "ready"}, true);
        const auto [known, fresh] = ready.try_emplace(pod, serves);
        if (!fresh) known->second = known->second && serves;
      }
  }
  Endpoints count;
  for (const auto& [pod, serves] : ready) {
    ++count.all;
    count.ready += serves ? 1 : 0;
  }
  return count;
}

}  // namespace kforge::observe
