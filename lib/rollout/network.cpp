// SPDX-License-Identifier: Apache-2.0
// Services and Ingresses.
#include "rollout/pod_reading.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

// How long the endpoint controller may take before a Service without endpoints is a mistake.
constexpr Milliseconds endpoints_grace = seconds(10);
constexpr Milliseconds address_grace = seconds(30);

const Json& pod_labels(const Json& workload) {
  return kind_of(workload) == "Pod" ? at_path(workload, {"metadata", "labels"})
                                    : at_path(workload, {"spec", "template", "metadata", "labels"});
}

std::vector<const Json*> matched(const std::vector<const Json*>& objects, const Json& service) {
  std::vector<const Json*> found;
  for (const Json* object : objects)
    if (namespace_of(*object) == namespace_of(service) &&
        has_labels(at_path(service, {"spec", "selector"}), pod_labels(*object)))
      found.push_back(object);
  return found;
}

bool is_scaled_to_zero(const Json* workload) {
  return kind_of(*workload) != "DaemonSet" && kind_of(*workload) != "Pod" &&
         count_at(*workload, {"spec", "replicas"}, 1) == 0;
}

bool has_ready_pods(const Json* workload) {
  if (kind_of(*workload) == "Pod") return is_ready(*workload);
  const auto counts = counts_of(*workload);
  return counts && counts->ready > 0;
}

bool is_slice_of(const Json& slice, const Json& service) {
  return namespace_of(slice) == namespace_of(service) &&
         text_at(slice, {"metadata", "labels", "kubernetes.io/service-name"}) == name_of(service);
}

// A named targetPort that no container has leaves endpoints without ports.
bool serves(const Json& slice, bool needs_port) {
  if (needs_port && list_at(slice, {"ports"}).empty()) return false;
  const auto& endpoints = list_at(slice, {"endpoints"});
  return std::any_of(endpoints.begin(), endpoints.end(), [](const Json& endpoint) {
    return bool_at(endpoint, {"conditions", "ready"}, true);
  });
}

bool has_endpoints(const Judging& judging) {
  const bool needs_port = !list_at(judging.live, {"spec", "ports"}).empty();
  const auto& slices = judging.around.endpoint_slices;
  return std::any_of(slices.begin(), slices.end(), [&](const Json* slice) {
    return is_slice_of(*slice, judging.live) && serves(*slice, needs_port);
  });
}

Verdict selects_nothing(Judging& judging) {
  const auto created = time_at(judging.live, {"metadata", "creationTimestamp"});
  if (judging.passed(judging.true_since("no-workload", created), endpoints_grace))
    return failed(CauseId::service_selects_nothing);
  return waiting("NoEndpoints", "its selector matches no pods yet");
}

Verdict without_endpoints(Judging& judging, const std::vector<const Json*>& targets) {
  if (std::none_of(targets.begin(), targets.end(), has_ready_pods))
    return waiting("NoEndpoints", "no pod behind it is ready");
  const auto created = time_at(judging.live, {"metadata", "creationTimestamp"});
  if (judging.passed(judging.true_since("no-endpoints", created), endpoints_grace))
    return failed(CauseId::service_port_unknown);
  return waiting("NoEndpoints", "has no endpoints yet");
}

// Whether traffic finds pods, as far as workloads and slices are known.
std::optional<Verdict> unreachable(Judging& judging) {
  const Json& selector = at_path(judging.live, {"spec", "selector"});
  if (!selector.is_object() || selector.empty() || judging.around.workloads.empty()) return std::nullopt;
  auto targets = matched(judging.around.workloads, judging.live);
  if (targets.empty()) targets = matched(judging.around.pods, judging.live);
  if (targets.empty()) return selects_nothing(judging);
  if (std::all_of(targets.begin(), targets.end(), is_scaled_to_zero)) return std::nullopt;
  if (judging.around.endpoint_slices.empty() || has_endpoints(judging)) return std::nullopt;
  return without_endpoints(judging, targets);
}

std::optional<Verdict> address_pending(const Judging& judging) {
  const bool wants = text_at(judging.live, {"spec", "type"}) == "LoadBalancer";
  if (!wants || !list_at(judging.live, {"status", "loadBalancer", "ingress"}).empty()) return std::nullopt;
  if (judging.options.wait_for_load_balancer) return waiting("AddressPending", "no external address yet");
  return warned(CauseId::address_pending);
}

}  // namespace

Verdict judge_service(Judging& judging) {
  const Json& live = judging.live;
  if (text_at(live, {"spec", "type"}) == "ExternalName") return ready("exists");
  if (text_at(live, {"spec", "clusterIP"}).empty()) return waiting("NoAddress", "no cluster IP yet");
  if (auto verdict = unreachable(judging)) return *verdict;
  if (auto verdict = address_pending(judging)) return *verdict;
  return ready("exists");
}

Verdict judge_ingress(Judging& judging) {
  const auto created = time_at(judging.live, {"metadata", "creationTimestamp"});
  const bool has_address = !list_at(judging.live, {"status", "loadBalancer", "ingress"}).empty();
  if (has_address || !created || !judging.reached(*created + address_grace)) return ready("exists");
  return warned(CauseId::address_pending);
}

}  // namespace kforge::rollout
