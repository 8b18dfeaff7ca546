// SPDX-License-Identifier: Apache-2.0
#include "render/workloads.hpp"

#include "base/error.hpp"
#include "base/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::render {
namespace {

// "1" -> 1, "25%" -> "25%"
Json int_or_percent(const std::string& text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure == std::errc{} && end == text.data() + text.size()) return number;
  return text;
}

void for_each_container(Json& workload, const auto& change) {
  Json& pod = pod_spec_of(workload);
  for (const char* list : {"initContainers", "containers"})
    if (pod.contains(list))
      for (Json& container : pod[list]) change(container);
}

constexpr const char* no_limit = "none";

void set_amount(Json& resources, const char* name, const std::string& request, const std::string& limit) {
  Json& requests = resources["requests"];
  Json& limits = resources["limits"];
  if (limit == no_limit)
    limits.erase(name);
  else if (!limit.empty())
    limits[name] = canonical_quantity(limit);
  if (!request.empty())
    requests[name] = canonical_quantity(request);
  else if (limits.contains(name) && amount_of(limits[name]) < amount_of(requests.value(name, "")))
    requests[name] = limits[name];  // the base asks for more than the project allows
}

}  // namespace

Json& pod_spec_of(Json& workload) {
  return workload["spec"]["template"]["spec"];
}

Json& main_container_of(Json& workload) {
  return pod_spec_of(workload)["containers"][0];
}

std::string pull_policy_or_default(const std::string& policy) {
  return policy.empty() ? "IfNotPresent" : policy;
}

void set_image(Json& workload, const std::string& image, const project::Defaults& defaults) {
  for_each_container(workload, [&](Json& container) {
    container["image"] = image;
    container["imagePullPolicy"] = pull_policy_or_default(defaults.image_pull_policy);
  });
  for (const std::string& secret : defaults.image_pull_secrets)
    pod_spec_of(workload)["imagePullSecrets"].push_back({{"name", secret}});
}

void set_resources(Json& container, const project::Resources& resources) {
  const auto& [requests, limits] = resources;
  Json& amounts = container["resources"];
  set_amount(amounts, "cpu", requests.cpu, limits.cpu);
  set_amount(amounts, "memory", requests.memory, limits.memory);
  set_amount(amounts, "ephemeral-storage", requests.ephemeral_storage, limits.ephemeral_storage);
  if (amounts["limits"].empty()) amounts.erase("limits");
}

void set_user(Json& workload, int uid) {
  const auto run_as = [&](Json& context) {
    context["runAsUser"] = uid;
    context["runAsGroup"] = uid;
  };
  Json& pod_context = pod_spec_of(workload)["securityContext"];
  run_as(pod_context);
  pod_context["fsGroup"] = uid;
  for_each_container(workload, [&](Json& container) { run_as(container["securityContext"]); });
}

void set_rollout(Json& deployment, const project::Rollout& rollout) {
  Json& spec = deployment["spec"];
  spec["strategy"]["rollingUpdate"] = {{"maxSurge", int_or_percent(rollout.max_surge)},
                                       {"maxUnavailable", int_or_percent(rollout.max_unavailable)}};
  spec["progressDeadlineSeconds"] = rollout.deadline.count();
  spec["revisionHistoryLimit"] = rollout.history;
  if (rollout.min_ready_seconds > 0)
    spec["minReadySeconds"] = rollout.min_ready_seconds;
  else
    spec.erase("minReadySeconds");  // an API server does not store a 0
}

void set_drain(Json& workload, const project::Drain& drain) {
  pod_spec_of(workload)["terminationGracePeriodSeconds"] = drain.grace.count();
  Json& container = main_container_of(workload);
  if (drain.sleep.count() > 0)
    container["lifecycle"]["preStop"]["sleep"]["seconds"] = drain.sleep.count();
  else
    container.erase("lifecycle");
}

void add_scratch_volume(Json& workload, const std::string& name, const std::string& path, const std::string& size) {
  pod_spec_of(workload)["volumes"].push_back({{"name", name}, {"emptyDir", {{"sizeLimit", size}}}});
  main_container_of(workload)["volumeMounts"].push_back({{"name", name}, {"mountPath", path}});
}

void add_secret_volume(Json& workload, const std::string& name, const std::string& secret, const std::string& path) {
  constexpr int group_readable = 0440;
  pod_spec_of(workload)["volumes"].push_back(
      {{"name", name}, {"secret", {{"secretName", secret}, {"defaultMode", group_readable}}}});
  for_each_container(workload, [&](Json& container) {
    container["volumeMounts"].push_back({{"name", name}, {"mountPath", path}, {"readOnly", true}});
  });
}

Json env_list(const std::map<std::string, Json>& variables) {
  Json list = Json::array();
  for (const auto& [name, source] : variables) {
    list.push_back(source);
    list.back()["name"] = name;
  }
  return list;
}

Json secret_key(const std::string& secret, const std::string& key) {
  return {{"valueFrom", {{"secretKeyRef", {{"name", secret}, {"key", key}}}}}};
}

Json& named(Json& list, std::string_view name) {
  const auto found = std::ranges::find_if(list, [&](const Json& item) { return item.value("name", "") == name; });
  if (found == list.end()) throw Error(ErrorKind::internal, fmt::format("a base has no item '{}'", name));
  return *found;
}

void remove_named(Json& list, std::string_view name) {
  list.erase(std::remove_if(list.begin(), list.end(), [&](const Json& item) { return item.value("name", "") == name; }),
             list.end());
}

int pods_at_most(int replicas, const std::string& max_surge) {
  int surge = 0;
  const auto [end, failure] = std::from_chars(max_surge.data(), max_surge.data() + max_surge.size(), surge);
  if (failure != std::errc{}) return replicas + 1;
  const bool percent = end != max_surge.data() + max_surge.size();
  return replicas + (percent ? (replicas * surge + 99) / 100 : surge);  // Kubernetes rounds a surge up
}

double amount_of(const std::string& quantity) {
  const auto parsed = Quantity::parse(quantity);
  return parsed ? parsed->value() : 0;
}

std::string canonical_quantity(const std::string& quantity) {
  const auto parsed = Quantity::parse(quantity);
  return parsed ? parsed->canonical() : quantity;
}

}  // namespace kforge::render
