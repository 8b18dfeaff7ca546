// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/limits.hpp"

#include "base/text.hpp"
#include "sandbox/api/defaults.hpp"
#include "sandbox/api/object_meta.hpp"

#include <fmt/format.h>

#include <vector>

namespace kforge::sandbox {
namespace {

using Amounts = std::map<std::string, Int128>;

std::optional<Int128> amount(const Json& value) {
  const auto parsed = value.is_string() ? Quantity::parse(value.get_ref<const std::string&>()) : std::nullopt;
  return parsed ? std::optional(parsed->nano()) : std::nullopt;
}

// Fills what a container leaves out; `notes` get what the server writes into the pod's annotation.
void fill(Json& container, const char* kind, const Json& values, const std::string& whose,
          std::vector<std::string>& notes) {
  std::vector<std::string> set;
  for (const auto& [name, value] : values.items()) {
    if (!at_path(container, {"resources", kind, name}).is_null()) continue;
    container["resources"][kind][name] = value;
    set.push_back(name);
  }
  const std::string_view word = std::string_view(kind) == "limits" ? "limit" : "request";
  if (!set.empty())
    notes.push_back(fmt::format("{} {} for {} {}", join(set, ", "), word, whose, string_at(container, {"name"})));
}

void check_bound(const Resource& resource, const Json& pod, const Json& container, const Json& limit) {
  for (const auto& [name, most] : at_path(limit, {"max"}).items()) {
    const auto wanted = amount(at_path(container, {"resources", "limits", name})), bound = amount(most);
    if (wanted && bound && *wanted > *bound)
      throw forbidden(
          resource.subject(name_of(pod)),
          fmt::format("maximum {} usage per Container is {}, but limit is {}", name, most.get<std::string>(),
                      at_path(container, {"resources", "limits", name}).get<std::string>()));
  }
  for (const auto& [name, least] : at_path(limit, {"min"}).items()) {
    const auto wanted = amount(at_path(container, {"resources", "requests", name})), bound = amount(least);
    if (wanted && bound && *wanted < *bound)
      throw forbidden(
          resource.subject(name_of(pod)),
          fmt::format("minimum {} usage per Container is {}, but request is {}", name, least.get<std::string>(),
                      at_path(container, {"resources", "requests", name}).get<std::string>()));
  }
}

// What one pod takes; pods that have ended take nothing.
Amounts pod_usage(const Json& pod) {
  Amounts usage{{"pods", Int128{1'000'000'000}}};
  if (const std::string phase = string_at(pod, {"status", "phase"}); phase == "Succeeded" || phase == "Failed")
    return {};
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    for (const char* kind : {"requests", "limits"})
      for (const auto& [name, value] : at_path(container, {"resources", kind}).items())
        if (const auto nano = amount(value)) usage[fmt::format("{}.{}", kind, name)] += *nano;
  for (const char* name : {"cpu", "memory", "ephemeral-storage"})
    if (const auto found = usage.find(fmt::format("requests.{}", name)); found != usage.end())
      usage[name] = found->second;
  return usage;
}

std::vector<std::string> containers_without(const Json& pod, const std::string& quota_name) {
  const std::string kind = quota_name.starts_with("limits.") ? "limits" : "requests";
  const std::string name = quota_name.substr(quota_name.find('.') == std::string::npos ? 0 : quota_name.find('.') + 1);
  std::vector<std::string> names;
  for (const Json& container : at_path(pod, {"spec", "containers"}))
    if (at_path(container, {"resources", kind, name}).is_null()) names.push_back(string_at(container, {"name"}));
  return names;
}

bool is_compute(const std::string& name) {
  return name == "cpu" || name == "memory" || name.starts_with("requests.") || name.starts_with("limits.");
}

void check_quota(const Resource& resource, const Json& pod, const Json& quota, const Amounts& used) {
  const Amounts wanted = pod_usage(pod);
  std::vector<std::string> requested, taken, limited;
  for (const auto& [name, hard] : at_path(quota, {"spec", "hard"}).items()) {
    const auto most = amount(hard);
    if (!most) continue;
    if (is_compute(name))
      if (const auto missing = containers_without(pod, name); !missing.empty())
        throw forbidden(resource.subject(name_of(pod)), fmt::format("failed quota: {}: must specify {} for: {}",
                                                                    name_of(quota), name, join(missing, ",")));
    const auto ask = wanted.find(name);
    if (ask == wanted.end()) continue;
    const auto have = used.find(name);
    const Int128 current = have == used.end() ? Int128{0} : have->second;
    if (current + ask->second <= *most) continue;
    requested.push_back(fmt::format("{}={}", name, quota_text(name, ask->second)));
    taken.push_back(fmt::format("{}={}", name, quota_text(name, current)));
    limited.push_back(fmt::format("{}={}", name, hard.get<std::string>()));
  }
  if (!requested.empty())
    throw forbidden(resource.subject(name_of(pod)),
                    fmt::format("exceeded quota: {}, requested: {}, used: {}, limited: {}", name_of(quota),
                                join(requested, ","), join(taken, ","), join(limited, ",")));
}

// "count/…", "services" and the like: one object each.
void check_object_count(Store& store, const Resource& resource, const Json& object, const Json& quota) {
  const std::string counted_name = "count/" + resource.id();
  for (const auto& [name, hard] : at_path(quota, {"spec", "hard"}).items()) {
    if (name != counted_name && name != resource.plural) continue;
    const auto most = amount(hard);
    const auto used =
        Int128{static_cast<std::int64_t>(store.list(resource.id(), namespace_of(object)).size())} * 1'000'000'000;
    if (most && used + 1'000'000'000 > *most)
      throw forbidden(resource.subject(name_of(object)),
                      fmt::format("exceeded quota: {}, requested: {}=1, used: {}={}, limited: {}={}", name_of(quota),
                                  name, name, quota_text(name, used), name, hard.get<std::string>()));
  }
}

}  // namespace

std::string quota_text(const std::string& name, Int128 nano) {
  const bool bytes = contains(name, "memory") || contains(name, "storage");
  const auto whole = static_cast<std::int64_t>(nano / 1'000'000'000);
  const auto quantity = Quantity::parse(bytes ? fmt::format("{}Ki", whole / 1024)
                                              : fmt::format("{}m", static_cast<std::int64_t>(nano / 1'000'000)));
  return bytes && whole % 1024 != 0 ? std::to_string(whole) : quantity->canonical();
}

std::map<std::string, Int128> quota_usage(Store& store, const std::string& name_space) {
  Amounts total;
  for (const ObjectPtr& pod : store.list("pods", name_space))
    for (const auto& [name, nano] : pod_usage(*pod)) total[name] += nano;
  return total;
}

void apply_limit_ranges(Store& store, const Resource& resource, Json& pod) {
  std::vector<std::string> notes;
  for (const ObjectPtr& range : store.list("limitranges", namespace_of(pod)))
    for (const Json& limit : at_path(*range, {"spec", "limits"})) {
      if (string_at(limit, {"type"}) != "Container") continue;
      for (const auto& [list, whose] : {std::pair{"containers", "container"}, {"initContainers", "init container"}})
        each(pod["spec"], list, [&, whose = whose](Json& container) {
          fill(container, "requests", at_path(limit, {"defaultRequest"}), whose, notes);
          fill(container, "limits", at_path(limit, {"default"}), whose, notes);
          check_bound(resource, pod, container, limit);
        });
    }
  if (!notes.empty())
    pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] = "LimitRanger plugin set: " + join(notes, "; ");
}

void check_quotas(Store& store, const Resource& resource, const Json& object) {
  const std::vector<ObjectPtr> quotas = store.list("resourcequotas", namespace_of(object));
  if (quotas.empty()) return;
  const Amounts used = quota_usage(store, namespace_of(object));
  for (const ObjectPtr& quota : quotas) {
    check_object_count(store, resource, object, *quota);
    if (resource.id() == "pods") check_quota(resource, object, *quota, used);
  }
}

}  // namespace kforge::sandbox
