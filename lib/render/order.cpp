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

const std::string& text_of(const Json& object, const char* field) {
  static const std::string none;
  const Json& value = at_path(object, {"metadata", field});
  return value.is_string() ? value.get_ref<const std::string&>() : none;
}

}  // namespace

Wave wave_of(const Json& object) {
  const schema::KindName name = schema::kind_name(object);
  const auto found = waves.find(name.kind);
  return found != waves.end() && is_built_in(name.group) ? found->second : Wave::workload;
}

void sort_objects(std::vector<Object>& objects) {
  struct Rank {
    project::Tier tier;
    Wave wave;
    std::string kind, name_space, name;
    std::size_t position;
    auto operator<=>(const Rank&) const = default;
  };
  std::vector<Rank> ranks;
  ranks.reserve(objects.size());
  for (const Object& object : objects)
    ranks.push_back({object.tier, wave_of(object.manifest), string_at(object.manifest, {"kind"}),
                     text_of(object.manifest, "namespace"), text_of(object.manifest, "name"), ranks.size()});
  std::ranges::sort(ranks);
  std::vector<Object> sorted;
  sorted.reserve(objects.size());
  for (const Rank& rank : ranks) sorted.push_back(std::move(objects[rank.position]));
  objects = std::move(sorted);
}

}  // namespace kforge::render
