// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/pod_metrics.hpp"

#include "sandbox/api/object_meta.hpp"
#include "sandbox/api/registry.hpp"
#include "sandbox/api/selector.hpp"
#include "sandbox/api/status.hpp"

#include <fmt/format.h>

#include <map>

namespace kforge::sandbox {
namespace {

constexpr const char* window = "15s";

Json usage_json(const PodUsage& usage) {
  return {{"cpu", fmt::format("{}n", static_cast<std::uint64_t>(usage.cpu_cores * 1e9))},
          {"memory", fmt::format("{}Ki", usage.memory_bytes / 1024)}};
}

Json entry(std::string_view kind, const Json& object, WallTime now) {
  Json metadata{{"name", name_of(object)}, {"creationTimestamp", format_rfc3339(now)}};
  if (const std::string name_space = namespace_of(object); !name_space.empty()) metadata["namespace"] = name_space;
  if (const Json& labels = at_path(object, {"metadata", "labels"}); labels.is_object()) metadata["labels"] = labels;
  return {{"kind", kind},
          {"apiVersion", metrics_api_version},
          {"metadata", metadata},
          {"timestamp", format_rfc3339(now)},
          {"window", window}};
}

// Nobody knows which container of a simulated pod uses how much: the first one is said to use everything.
Json pod_entry(const Json& pod, const PodUsage& usage, WallTime now) {
  Json result = entry("PodMetrics", pod, now);
  result["containers"] = Json::array();
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    result["containers"].push_back(
        {{"name", container["name"]}, {"usage", usage_json(result["containers"].empty() ? usage : PodUsage{})}});
  return result;
}

std::vector<std::pair<ObjectPtr, PodUsage>> measured(Store& store, const PodRuntime& runtime,
                                                     const std::string& name_space) {
  std::vector<std::pair<ObjectPtr, PodUsage>> result;
  for (const ObjectPtr& pod : store.list("pods", name_space))
    if (string_at(*pod, {"status", "phase"}) == "Running")
      if (const auto usage = runtime.usage(*pod)) result.emplace_back(pod, *usage);
  return result;
}

std::vector<Json> pod_entries(Store& store, const PodRuntime& runtime, WallTime now, const std::string& name_space) {
  std::vector<Json> result;
  for (const auto& [pod, usage] : measured(store, runtime, name_space)) result.push_back(pod_entry(*pod, usage, now));
  return result;
}

std::vector<Json> node_entries(Store& store, const PodRuntime& runtime, WallTime now) {
  std::map<std::string, PodUsage> used;
  for (const auto& [pod, usage] : measured(store, runtime, "")) {
    PodUsage& sum = used[string_at(*pod, {"spec", "nodeName"})];
    sum.cpu_cores += usage.cpu_cores;
    sum.memory_bytes += usage.memory_bytes;
  }
  std::vector<Json> result;
  for (const ObjectPtr& node : store.list("nodes", "")) {
    result.push_back(entry("NodeMetrics", *node, now));
    result.back()["usage"] = usage_json(used[name_of(*node)]);
  }
  return result;
}

}  // namespace

Outcome metrics(Store& store, const PodRuntime& runtime, WallTime now, const Target& target, const Selector& selector) {
  const bool of_pods = target.resource == "pods";
  std::vector<Json> entries =
      of_pods ? pod_entries(store, runtime, now, target.name_space) : node_entries(store, runtime, now);
  if (!target.name.empty()) {
    for (Json& each : entries)
      if (name_of(each) == target.name) return {200, std::move(each), {}};
    throw not_found({target.group, target.resource, of_pods ? "PodMetrics" : "NodeMetrics", target.name, {}});
  }
  const ObjectSelector wanted(selector.labels, selector.fields, target.resource);
  std::erase_if(entries, [&](const Json& each) { return !wanted.matches(each); });
  return {200,
          {{"kind", of_pods ? "PodMetricsList" : "NodeMetricsList"},
           {"apiVersion", metrics_api_version},
           {"metadata", Json::object()},
           {"items", std::move(entries)}},
          {}};
}

}  // namespace kforge::sandbox
