// SPDX-License-Identifier: Apache-2.0
#include "deploy/impact.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "deploy/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::deploy {
namespace {

constexpr std::int64_t nano_per_milli = 1'000'000, nano_per_unit = 1'000'000'000;

// Rounded up to whole steps of `unit`.
std::int64_t amount(const Json& value, std::int64_t unit) {
  const auto quantity = Quantity::parse(value.is_string()   ? value.get<std::string>()
                                        : value.is_number() ? value.dump()
                                                            : "");
  if (!quantity) return 0;
  return static_cast<std::int64_t>((quantity->nano() + unit - 1) / unit);
}

// A limit stands in for a request that is not given.
const Json& request(const Json& container, std::string_view resource) {
  const Json& asked = at_path(container, {"resources", "requests", resource});
  return asked.is_null() ? at_path(container, {"resources", "limits", resource}) : asked;
}

Demand demand_of(const Json& container) {
  return {.pods = 0,
          .milli_cpu = amount(request(container, "cpu"), nano_per_milli),
          .memory = amount(request(container, "memory"), nano_per_unit)};
}

Demand times(Demand demand, std::int64_t count) {
  return {demand.pods * count, demand.milli_cpu * count, demand.memory * count};
}

// "25%" of `total` rounded up, or a number.
std::int64_t share(const Json& value, std::int64_t total, std::string_view fallback) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const std::string text = value.is_string() ? value.get<std::string>() : std::string(fallback);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return text.ends_with('%') ? (number * total + 99) / 100 : number;
}

bool keeps_replicas(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet";
}

Demand steady_demand(const Json& workload) {
  if (!keeps_replicas(string_at(workload, {"kind"}))) return {};
  return times(pod_demand(at_path(workload, {"spec", "template", "spec"})), int_at(workload, {"spec", "replicas"}, 1));
}

// Pods that a Deployment starts beyond its replicas before it ends old ones.
std::int64_t surge_pods(const Json& workload) {
  if (string_at(workload, {"kind"}) != "Deployment" || string_at(workload, {"spec", "strategy", "type"}) == "Recreate")
    return 0;
  return share(at_path(workload, {"spec", "strategy", "rollingUpdate", "maxSurge"}),
               int_at(workload, {"spec", "replicas"}, 1), "25%");
}

bool stops_first(const Json& workload) {
  const std::string kind = string_at(workload, {"kind"});
  if (kind == "Deployment") return string_at(workload, {"spec", "strategy", "type"}) == "Recreate";
  return kind == "StatefulSet" && int_at(workload, {"spec", "replicas"}, 1) == 1;
}

std::string milli_text(std::int64_t milli) {
  return milli % 1000 == 0 ? fmt::format("{}", milli / 1000) : fmt::format("{}m", milli);
}

std::string signed_text(std::int64_t number, const std::string& text) {
  return (number < 0 ? "-" : "+") + text;
}

std::string memory_text(std::int64_t bytes) {
  return format_bytes(static_cast<std::uint64_t>(std::abs(bytes)));
}

struct QuotaKey {
  std::string_view name, alias;
  std::int64_t Demand::*of;
  std::int64_t unit;
  std::string (*text)(std::int64_t);
};
constexpr QuotaKey quota_keys[] = {
    {"requests.cpu", "cpu", &Demand::milli_cpu, nano_per_milli, milli_text},
    {"requests.memory", "memory", &Demand::memory, nano_per_unit, memory_text},
    {"pods", "count/pods", &Demand::pods, nano_per_unit, [](std::int64_t count) { return fmt::format("{}", count); }},
};

}  // namespace

Demand& Demand::operator+=(const Demand& other) {
  pods += other.pods;
  milli_cpu += other.milli_cpu;
  memory += other.memory;
  return *this;
}

Demand pod_demand(const Json& pod_spec) {
  Demand running{.pods = 1, .milli_cpu = 0, .memory = 0}, starting;
  for (const Json& container : at_path(pod_spec, {"containers"})) running += demand_of(container);
  for (const Json& container : at_path(pod_spec, {"initContainers"})) {
    const Demand own = demand_of(container);
    if (string_at(container, {"restartPolicy"}) == "Always") {
      running += own;
      continue;
    }
    starting.milli_cpu = std::max(starting.milli_cpu, own.milli_cpu);
    starting.memory = std::max(starting.memory, own.memory);
  }
  running.milli_cpu = std::max(running.milli_cpu, starting.milli_cpu);
  running.memory = std::max(running.memory, starting.memory);
  return running;
}

Impact impact_of(const Json& before, const Json& after) {
  Impact impact;
  impact.growth = steady_demand(after);
  if (before.is_null()) return impact;
  impact.growth += times(steady_demand(before), -1);
  impact.restarts = restarted_pods(before, after);
  impact.images = image_changes(before, after);
  if (impact.restarts == 0) return impact;
  impact.surge = times(pod_demand(at_path(after, {"spec", "template", "spec"})), surge_pods(after));
  impact.downtime = stops_first(after);
  return impact;
}

std::string demand_text(const Demand& demand) {
  std::vector<std::string> parts;
  if (demand.milli_cpu != 0)
    parts.push_back(signed_text(demand.milli_cpu, milli_text(std::abs(demand.milli_cpu)) + " CPU"));
  if (demand.memory != 0) parts.push_back(signed_text(demand.memory, memory_text(demand.memory)));
  if (parts.empty() && demand.pods != 0)
    parts.push_back(signed_text(demand.pods, counted(static_cast<std::size_t>(std::abs(demand.pods)), "pod")));
  return join(parts, " ");
}

std::string impact_text(const Impact& impact) {
  std::vector<std::string> parts;
  if (impact.restarts > 0) parts.push_back("restarts " + counted(static_cast<std::size_t>(impact.restarts), "pod"));
  if (impact.downtime) parts.emplace_back("none runs in between");
  if (impact.surge.any()) parts.push_back(demand_text(impact.surge) + " while it rolls");
  if (impact.growth.any()) parts.push_back(demand_text(impact.growth));
  return join(parts, ", ");
}

std::vector<std::string> shortfalls(const Json& quota, const Demand& demand) {
  std::vector<std::string> lines;
  if (!at_path(quota, {"spec", "scopes"}).empty() || !at_path(quota, {"spec", "scopeSelector"}).is_null()) return lines;
  for (const QuotaKey& key : quota_keys)
    for (const std::string_view name : {key.name, key.alias}) {
      const Json& hard = at_path(quota, {"status", "hard", name});
      if (hard.is_null()) continue;
      const std::int64_t left = amount(hard, key.unit) - amount(at_path(quota, {"status", "used", name}), key.unit);
      if (demand.*key.of > std::max<std::int64_t>(left, 0) && demand.*key.of > 0)
        lines.push_back(fmt::format("{}: {} left, {} needed", name, key.text(std::max<std::int64_t>(left, 0)),
                                    key.text(demand.*key.of)));
    }
  return lines;
}

}  // namespace kforge::deploy
