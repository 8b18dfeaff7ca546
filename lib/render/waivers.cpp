// SPDX-License-Identifier: Apache-2.0
#include "render/waivers.hpp"

#include "base/text.hpp"
#include "render/naming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace kforge::render {
namespace {

constexpr int lowest_high_id = 10'000;

const Json& pod_spec(const Json& manifest) {
  return at_path(manifest, {"spec", "template", "spec"});
}

bool any_container(const Json& manifest, const auto& test) {
  for (const char* list : {"initContainers", "containers"})
    if (const Json& containers = at_path(pod_spec(manifest), {list}); containers.is_array())
      if (std::ranges::any_of(containers, test)) return true;
  return false;
}

bool pulls_when_missing(const Json& manifest) {
  return any_container(manifest,
                       [](const Json& container) { return string_at(container, {"imagePullPolicy"}) != "Always"; });
}

bool has_tags(const Json& manifest) {
  return any_container(manifest,
                       [](const Json& container) { return !contains(string_at(container, {"image"}), "@sha256:"); });
}

bool has_low_ids(const Json& manifest) {
  return any_container(manifest, [](const Json& container) {
    return std::min(int_at(container, {"securityContext", "runAsUser"}),
                    int_at(container, {"securityContext", "runAsGroup"})) <= lowest_high_id;
  });
}

bool reads_secrets_from_environment(const Json& manifest) {
  return any_container(manifest, [](const Json& container) {
    const Json& env = at_path(container, {"env"});
    return env.is_array() && std::ranges::any_of(env, [](const Json& variable) {
             return at_path(variable, {"valueFrom", "secretKeyRef"}).is_object();
           });
  });
}

bool lacks_cpu_limit(const Json& manifest) {
  return any_container(manifest, [](const Json& container) {
    return at_path(container, {"resources", "limits", "cpu"}).is_null();
  });
}

bool has_pods(const Json& manifest) {
  return pod_spec(manifest).is_object();
}

bool has_one_replica(const Json& manifest) {
  return string_at(manifest, {"kind"}) == "Deployment" && int_at(manifest, {"spec", "replicas"}, 2) < 2;
}

bool scales_to_one(const Json& manifest) {
  return string_at(manifest, {"kind"}) == "HorizontalPodAutoscaler" && int_at(manifest, {"spec", "minReplicas"}) < 2;
}

bool is_node_port(const Json& manifest) {
  return string_at(manifest, {"spec", "type"}) == "NodePort";
}

constexpr std::array rules{
    Waiver{"container-image-pull-policy", "CKV_K8S_15",
           "tags are fixed, and a pod must start while the registry is away; defaults.imagePullPolicy changes it",
           pulls_when_missing},
    Waiver{"", "CKV_K8S_43", "kforge.yaml decides how an image is named; a name with @sha256 is kept as it is",
           has_tags},
    Waiver{"container-security-context-user-group-id", "CKV_K8S_40",
           "the image's own user owns its files; defaults.uids: high changes it", has_low_ids},
    Waiver{"", "CKV_K8S_35", "the program reads this secret from its environment only", reads_secrets_from_environment},
    Waiver{"pod-networkpolicy", "CKV2_K8S_6", "traffic between pods is left to the policies of the cluster", has_pods},
    Waiver{"container-resources", "CKV_K8S_11", "kforge.yaml asks for no CPU limit", lacks_cpu_limit},
    Waiver{"deployment-replicas", "", "kforge.yaml asks for one replica", has_one_replica},
    Waiver{"horizontalpodautoscaler-replicas", "", "kforge.yaml asks for one replica at least", scales_to_one},
    Waiver{"service-type", "", "gateway.expose asks for a NodePort", is_node_port}};

}  // namespace

std::span<const Waiver> waivers() {
  return rules;
}

void annotate_waivers(Json& manifest) {
  if (!manifest.contains("spec")) return;
  std::vector<std::string> ignored;
  int skips = 0;
  for (const Waiver& rule : rules) {
    if (!rule.applies(manifest)) continue;
    if (!rule.kube_score.empty()) ignored.emplace_back(rule.kube_score);
    if (!rule.checkov.empty())
      manifest["metadata"]["annotations"][fmt::format("checkov.io/skip{}", ++skips)] =
          fmt::format("{}={}", rule.checkov, rule.reason);
  }
  if (!ignored.empty()) manifest["metadata"]["annotations"]["kube-score/ignore"] = join(ignored, ",");
}

}  // namespace kforge::render
