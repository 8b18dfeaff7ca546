// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/autoscaler_metrics.hpp"

#include "base/quantity.hpp"
#include "sandbox/controllers/toolkit.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <cmath>

namespace kforge::sandbox {
namespace {

constexpr double tolerance = 0.1;
constexpr const char* no_metrics = "the server could not find the requested resource (get pods.metrics.k8s.io)";

struct Usage {
  double used = 0, requested = 0;
  std::int64_t pods = 0;
};

double in_units(Int128 nano) {
  return static_cast<double>(nano) / 1e9;
}

std::string amount_text(const std::string& resource, double value) {
  return resource == "memory" ? std::to_string(static_cast<std::int64_t>(value))
                              : fmt::format("{}m", static_cast<std::int64_t>(std::llround(value * 1000)));
}

Usage usage_of(const std::string& resource, const std::vector<ObjectPtr>& pods, const PodRuntime& runtime) {
  Usage usage;
  for (const ObjectPtr& pod : pods) {
    const auto measured = pod_is_ready(*pod) ? runtime.usage(*pod) : std::nullopt;
    if (!measured) continue;
    ++usage.pods;
    usage.used += resource == "memory" ? static_cast<double>(measured->memory_bytes) : measured->cpu_cores;
    usage.requested += in_units(pod_request(*pod, resource.c_str()));
  }
  return usage;
}

std::string container_without_request(const std::string& resource, const std::vector<ObjectPtr>& pods) {
  for (const ObjectPtr& pod : pods)
    for (const Json& container : at_path(*pod, {"spec", "containers"}))
      if (at_path(container, {"resources", "requests", resource}).is_null())
        return fmt::format("missing request for {} in container {} of Pod {}", resource, string_at(container, {"name"}),
                           name_of(*pod));
  return {};
}

// As many pods as bring the ratio back to one; small differences are left alone.
std::int64_t scaled(std::int64_t current, std::int64_t measured, double ratio) {
  if (std::abs(ratio - 1) <= tolerance) return current;
  return static_cast<std::int64_t>(std::ceil(ratio * static_cast<double>(measured)));
}

MetricProposal failed(const std::string& reason, std::string error) {
  return {0, "", nullptr, reason, std::move(error)};
}

}  // namespace

MetricProposal propose(const Json& metric, const std::vector<ObjectPtr>& pods, std::int64_t current,
                       const PodRuntime& runtime) {
  const std::string type = string_at(metric, {"type"});
  if (type != "Resource")
    return failed(
        fmt::format("FailedGet{}Metric", type),
        fmt::format("unable to get metric: no custom metrics API in this cluster for a metric of type {}", type));
  const std::string resource = string_at(metric, {"resource", "name"});
  const Json& target = at_path(metric, {"resource", "target"});
  const bool by_share = string_at(target, {"type"}) == "Utilization";
  const std::string what = fmt::format("failed to get {} {}: ", resource, by_share ? "utilization" : "usage");
  const Usage usage = usage_of(resource, pods, runtime);
  if (usage.pods == 0)
    return failed(
        "FailedGetResourceMetric",
        fmt::format("{}unable to get metrics for resource {}: unable to fetch metrics from resource metrics API: {}",
                    what, resource, no_metrics));
  const double average = usage.used / static_cast<double>(usage.pods);
  Json value{{"averageValue", amount_text(resource, average)}};
  MetricProposal proposal;
  if (by_share) {
    if (const std::string missing = container_without_request(resource, pods); !missing.empty())
      return failed("FailedGetResourceMetric", what + missing);
    const auto percent = static_cast<std::int64_t>(usage.used / usage.requested * 100);
    value["averageUtilization"] = percent;
    const double wanted = static_cast<double>(std::max<std::int64_t>(1, int_at(target, {"averageUtilization"}, 80)));
    proposal.replicas = scaled(current, usage.pods, static_cast<double>(percent) / wanted);
    proposal.name = fmt::format("{} resource utilization (percentage of request)", resource);
  } else {
    const auto wanted = Quantity::parse(string_at(target, {"averageValue"}));
    proposal.replicas = scaled(current, usage.pods, wanted && wanted->value() > 0 ? average / wanted->value() : 1);
    proposal.name = fmt::format("{} resource", resource);
  }
  proposal.status = {{"type", "Resource"}, {"resource", {{"name", resource}, {"current", value}}}};
  return proposal;
}

}  // namespace kforge::sandbox
