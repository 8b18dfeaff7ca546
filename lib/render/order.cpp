// SPDX-License-Identifier: Apache-2.0
#include "render/order.hpp"

#include "schema/schema.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace kforge::render {
namespace {

const std::map<std::string_view, Wave> waves{{"Namespace", Wave::scope},
                                             {"CustomResourceDefinition", Wave::scope},
                                             {"PriorityClass", Wave::scope},
                                             {"RuntimeClass", Wave::scope},
                                             {"StorageClass", Wave::scope},
                                             {"IngressClass", Wave::scope},
                                             {"LimitRange", Wave::policy},
                                             {"NetworkPolicy", Wave::policy},
                                             {"PodDisruptionBudget", Wave::policy},
                                             {"ResourceQuota", Wave::policy},
                                             {"ServiceAccount", Wave::identity},
                                             {"Role", Wave::identity},
                                             {"ClusterRole", Wave::identity},
                                             {"RoleBinding", Wave::binding},
                                             {"ClusterRoleBinding", Wave::binding},
                                             {"ConfigMap", Wave::config},
                                             {"Secret", Wave::config},
                                             {"PersistentVolume", Wave::config},
                                             {"PersistentVolumeClaim", Wave::config},
                                             {"Service", Wave::network},
                                             {"Endpoints", Wave::network},
                                             {"EndpointSlice", Wave::network},
                                             {"CronJob", Wave::job},
                                             {"Job", Wave::job},
                                             {"HorizontalPodAutoscaler", Wave::scaling},
                                             {"APIService", Wave::edge},
                                             {"Gateway", Wave::edge},
                                             {"GRPCRoute", Wave::edge},
                                             {"HTTPRoute", Wave::edge},
                                             {"Ingress", Wave::edge},
                                             {"TCPRoute", Wave::edge},
                                             {"TLSRoute", Wave::edge},
                                             {"MutatingWebhookConfiguration", Wave::webhook},
                                             {"ValidatingAdmissionPolicy", Wave::webhook},
                                             {"ValidatingAdmissionPolicyBinding", Wave::webhook},
                                             {"ValidatingWebhookConfiguration", Wave::webhook}};

// A kind of this name counts only where Kubernetes itself defines it: "Service" of another group is a custom resource.
bool is_built_in(std::string_view group) {
  return group.find('.') == group.npos || group.ends_with(".k8s.io");
}

Wave wave_of_kind(std::string_view group, std::string_view kind) {
  const auto found = waves.find(kind);
  return found != waves.end() && is_built_in(group) ? found->second : Wave::workload;
}

}  // namespace

Wave wave_of(const Json& object) {
  const schema::KindName name = schema::kind_name(object);
  return wave_of_kind(name.group, name.kind);
}

std::vector<Draft*> in_order(std::deque<Draft>& drafts) {
  using Rank = std::tuple<project::Tier, Wave, std::string_view, std::string_view, std::string_view, Draft*>;
  std::vector<Rank> ranks;
  ranks.reserve(drafts.size());
  for (Draft& draft : drafts) {
    const auto& [group, kind, name_space, name] = draft.identity;
    ranks.emplace_back(draft.workload->tier, wave_of_kind(group, kind), kind, name_space, name, &draft);
  }
  std::ranges::sort(ranks);
  std::vector<Draft*> ordered;
  ordered.reserve(ranks.size());
  for (const Rank& rank : ranks) ordered.push_back(std::get<Draft*>(rank));
  return ordered;
}

}  // namespace kforge::render
