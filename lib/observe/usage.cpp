// SPDX-License-Identifier: Apache-2.0
#include "observe/usage.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::observe {
namespace {

using rollout::list_at;
using rollout::text_at;

std::optional<double> quantity_at(const Json& value, rollout::Path path) {
  const auto quantity = Quantity::parse(text_at(value, path));
  return quantity ? std::optional(quantity->value()) : std::nullopt;
}

void add(std::optional<double>& sum, const std::optional<double>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

// The containers that run beside each other.
std::vector<const Json*> running_containers(const Json& pod_spec) {
  std::vector<const Json*> containers;
  for (const Json& container : list_at(pod_spec, {"containers"})) containers.push_back(&container);
  for (const Json& container : list_at(pod_spec, {"initContainers"}))
    if (text_at(container, {"restartPolicy"}) == "Always") containers.push_back(&container);
  return containers;
}

// v1beta1 is what every metrics server serves (api-client §8).
std::string metrics_path(const std::string& name_space, const std::string& selector) {
  return fmt::format("/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods?labelSelector={}", name_space,
                     url_encode(selector));
}

}  // namespace

Amounts& Amounts::operator+=(const Amounts& other) {
  add(cpu, other.cpu);
  add(memory, other.memory);
  return *this;
}

Amounts requests_of(const Json& pod_spec) {
  Amounts sum;
  for (const Json* container : running_containers(pod_spec))
    sum += {quantity_at(*container, {"resources", "requests", "cpu"}),
            quantity_at(*container, {"resources", "requests", "memory"})};
  return sum;
}

Amounts limits_of(const Json& pod_spec) {
  Amounts sum;
  bool every_cpu = true, every_memory = true;
  for (const Json* container : running_containers(pod_spec)) {
    const Amounts limit{quantity_at(*container, {"resources", "limits", "cpu"}),
                        quantity_at(*container, {"resources", "limits", "memory"})};
    every_cpu = every_cpu && limit.cpu;
    every_memory = every_memory && limit.memory;
    sum += limit;
  }
  if (!every_cpu) sum.cpu.reset();
  if (!every_memory) sum.memory.reset();
  return sum;
}

const Amounts* Usage::find(const std::string& name_space, const std::string& pod) const {
  const auto found = pods.find({name_space, pod});
  return found == pods.end() ? nullptr : &found->second;
}

void add_pod_metrics(Usage& usage, const std::string& name_space, const Json& list) {
  for (const Json& item : list_at(list, {"items"})) {
    Amounts sum;
    for (const Json& container : list_at(item, {"containers"}))
      sum += {quantity_at(container, {"usage", "cpu"}), quantity_at(container, {"usage", "memory"})};
    usage.pods[{name_space, std::string(rollout::name_of(item))}] = sum;
    usage.measured = std::max(usage.measured, std::string(text_at(item, {"timestamp"})));
  }
}

UsageReading::UsageReading(kube::Client& client, const std::set<std::string>& namespaces,
                           const std::string& label_selector)
    : client_(client) {
  for (const std::string& name_space : namespaces) {
    kube::ApiRequest request;
    request.path = metrics_path(name_space, label_selector);
    ++open_;
    requests_.push_back(client_.send(std::move(request), [this, name_space](const kube::ApiResult& result) {
      --open_;
      keep(name_space, result);
    }));
  }
}

UsageReading::~UsageReading() {
  for (const kube::RequestId id : requests_) client_.cancel(id);
}

void UsageReading::keep(const std::string& name_space, const kube::ApiResult& result) {
  if (result.ok()) return add_pod_metrics(usage_, name_space, result.body);
  switch (result.status) {
    case 404:
      usage_.missing = "this cluster has no metrics server";
      break;
    case 403:
      usage_.missing = fmt::format("the account may not list pods.metrics.k8s.io in namespace '{}'", name_space);
      break;
    case 500:
    case 502:
    case 503:
    case 504:
      usage_.missing = "the metrics server does not answer";
      break;
    default:
      error_ = result.error;
  }
}

Usage UsageReading::finish() {
  while (open_ > 0) client_.wait(Clock::time_point::max());
  if (error_) throw Error(*error_);
  return std::move(usage_);
}

}  // namespace kforge::observe
