// SPDX-License-Identifier: Apache-2.0
#include "sandbox/api/registry.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace kforge::sandbox {
namespace {

constexpr std::string_view definitions = "customresourcedefinitions.apiextensions.k8s.io";

// Groups of the table that a sandbox serves; the rest (resource claims, certificates, flow control, storage migration
// …) belongs to parts of a cluster that it does not have.
constexpr std::array<std::string_view, 16> served_groups{"",
                                                         "admissionregistration.k8s.io",
                                                         "apiextensions.k8s.io",
                                                         "apiregistration.k8s.io",
                                                         "apps",
                                                         "authorization.k8s.io",
                                                         "autoscaling",
                                                         "batch",
                                                         "coordination.k8s.io",
                                                         "discovery.k8s.io",
                                                         "events.k8s.io",
                                                         "networking.k8s.io",
                                                         "policy",
                                                         "rbac.authorization.k8s.io",
                                                         "scheduling.k8s.io",
                                                         "storage.k8s.io"};

bool is_served(const schema::Kind& kind) {
  const auto& name = kind.name;
  const bool known_group = std::ranges::find(served_groups, name.group) != served_groups.end();
  const bool stable = name.version.find("alpha") == std::string::npos && name.version.find("beta") == std::string::npos;
  const bool old_autoscaling =
      name.group == "autoscaling" && name.version == "v1";  // kubectl still asks for it, the HPA itself lives in v2
  return known_group && stable && !old_autoscaling && !kind.plural.empty();
}

std::vector<std::string> strings(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

Resource from_table(const schema::Kind& kind) {
  return {kind.name.group,
          kind.name.version,
          std::string(kind.plural),
          std::string(kind.singular),
          kind.name.kind,
          strings(kind.short_names),
          strings(kind.categories),
          strings(kind.verbs),
          strings(kind.subresources),
          kind.namespaced,
          &kind};
}

// What metrics-server adds to a cluster; nothing of it is stored.
Resource metrics_resource(std::string_view plural, std::string_view kind, bool namespaced) {
  Resource resource;
  resource.group = metrics_group;
  resource.version = "v1beta1";
  resource.plural = plural;
  resource.kind = kind;
  resource.verbs = {"get", "list"};
  resource.namespaced = namespaced;
  return resource;
}

std::vector<std::string> string_list(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& item : list)
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

void add_definition(const Json& definition, std::deque<Resource>& custom) {
  const Json& names = at_path(definition, {"spec", "names"});
  for (const Json& version : at_path(definition, {"spec", "versions"})) {
    if (!bool_at(version, {"served"})) continue;
    Resource resource;
    resource.group = string_at(definition, {"spec", "group"});
    resource.version = string_at(version, {"name"});
    resource.plural = string_at(names, {"plural"});
    resource.singular = string_at(names, {"singular"});
    resource.kind = string_at(names, {"kind"});
    resource.short_names = string_list(at_path(names, {"shortNames"}));
    resource.categories = string_list(at_path(names, {"categories"}));
    resource.verbs = {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
    for (const auto& [name, settings] : at_path(version, {"subresources"}).items())
      resource.subresources.push_back(name);
    resource.namespaced = string_at(definition, {"spec", "scope"}) == "Namespaced";
    custom.push_back(std::move(resource));
  }
}

}  // namespace

std::string Resource::api_version() const {
  return group.empty() ? version : group + "/" + version;
}
std::string Resource::id() const {
  return resource_id(group, plural);
}
bool Resource::has_subresource(std::string_view name) const {
  return std::ranges::find(subresources, name) != subresources.end();
}
Key Resource::key(std::string_view name_space, std::string_view name) const {
  return {id(), namespaced ? std::string(name_space) : std::string(), std::string(name)};
}
StatusSubject Resource::subject(std::string_view name) const {
  return {group, plural, kind, std::string(name), {}};
}

struct Registry::State {
  Store& store;
  std::deque<Resource> built_in, custom;
  Store::SubscriberId subscription = 0;

  void read_definitions() {
    custom.clear();
    for (const ObjectPtr& definition : store.list(std::string(definitions), "")) add_definition(*definition, custom);
  }

  template <class Predicate>
  const Resource* first(Predicate predicate) const {
    for (const auto* list : {&built_in, &custom})
      if (const auto found = std::ranges::find_if(*list, predicate); found != list->end()) return &*found;
    return nullptr;
  }
};

Registry::Registry(Store& store, const schema::Table& table)
    : state_(std::make_unique<State>(State{store, {}, {}, 0})) {
  for (const schema::Kind& kind : table.kinds())
    if (is_served(kind)) state_->built_in.push_back(from_table(kind));
  state_->built_in.push_back(metrics_resource("pods", "PodMetrics", true));
  state_->built_in.push_back(metrics_resource("nodes", "NodeMetrics", false));
  state_->read_definitions();
  state_->subscription = store.subscribe([state = state_.get()](const Change& change) {
    if (change.key.resource == definitions) state->read_definitions();
  });
}

Registry::~Registry() {
  state_->store.unsubscribe(state_->subscription);
}

const Resource* Registry::find(std::string_view group, std::string_view version, std::string_view plural) const {
  return state_->first([&](const Resource& resource) {
    return resource.group == group && resource.version == version && resource.plural == plural;
  });
}

const Resource* Registry::find_kind(std::string_view group, std::string_view kind) const {
  return state_->first([&](const Resource& resource) { return resource.group == group && resource.kind == kind; });
}

std::vector<const Resource*> Registry::all() const {
  std::vector<const Resource*> resources;
  for (const auto* list : {&state_->built_in, &state_->custom})
    for (const Resource& resource : *list) resources.push_back(&resource);
  std::ranges::sort(resources, {}, [](const Resource* resource) {
    return std::tie(resource->group, resource->version, resource->plural);
  });
  return resources;
}

}  // namespace kforge::sandbox
