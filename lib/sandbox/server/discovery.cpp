// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/discovery.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::sandbox {
namespace {

using Versions = std::map<std::string, std::vector<const Resource*>>;  // by version
using Groups = std::map<std::string, Versions>;

constexpr std::string_view aggregated_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

Groups groups_of(const Registry& registry) {
  Groups groups;
  for (const Resource* resource : registry.all()) groups[resource->group][resource->version].push_back(resource);
  return groups;
}

// Subresources that are not read and written like their resource: of what kind they are, and what one does with them.
struct Subresource {
  std::string_view name, group, version, kind;
  std::string_view verbs;
};
constexpr std::array<Subresource, 9> subresources{{{"scale", "autoscaling", "v1", "Scale", "get,patch,update"},
                                                   {"eviction", "policy", "v1", "Eviction", "create"},
                                                   {"binding", "", "v1", "Binding", "create"},
                                                   {"exec", "", "v1", "PodExecOptions", "create,get"},
                                                   {"attach", "", "v1", "PodAttachOptions", "create,get"},
                                                   {"portforward", "", "v1", "PodPortForwardOptions", "create,get"},
                                                   {"token", "authentication.k8s.io", "v1", "TokenRequest", "create"},
                                                   {"log", "", "", "", "get"},
                                                   {"finalize", "", "", "", "update"}}};

Json kind_json(std::string_view group, std::string_view version, std::string_view kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

const Subresource* subresource_named(const std::string& name) {
  const auto* const found = std::ranges::find(subresources, name, &Subresource::name);
  return found == subresources.end() ? nullptr : found;
}

Json subresource_kind(const Resource& resource, const std::string& name) {
  const Subresource* special = subresource_named(name);
  if (name == "proxy") return kind_json(resource.group, resource.version, resource.kind + "ProxyOptions");
  if (special == nullptr || special->kind.empty()) return kind_json(resource.group, resource.version, resource.kind);
  return kind_json(special->group, special->version, special->kind);
}

Json subresource_verbs(const std::string& name) {
  if (name == "proxy") return {"create", "delete", "get", "patch", "update"};
  const Subresource* special = subresource_named(name);
  return special == nullptr ? Json{"get", "patch", "update"} : Json(split(special->verbs, ','));
}

// How objects are stored, for clients that migrate them: a digest of the stored kind.
std::string storage_hash(const Resource& resource) {
  return base64_encode(sha256(fmt::format("{}/{}/{}", resource.group, resource.version, resource.kind)).substr(0, 8));
}

bool is_stored(const Resource& resource) {
  return std::ranges::find(resource.verbs, "watch") != resource.verbs.end();
}

Json aggregated_resource(const Resource& resource) {
  Json entry{{"resource", resource.plural},
             {"responseKind", kind_json(resource.group, resource.version, resource.kind)},
             {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
             {"singularResource", resource.singular},
             {"verbs", resource.verbs}};
  if (!resource.short_names.empty()) entry["shortNames"] = resource.short_names;
  if (!resource.categories.empty()) entry["categories"] = resource.categories;
  for (const std::string& name : resource.subresources)
    entry["subresources"].push_back({{"subresource", name},
                                     {"responseKind", subresource_kind(resource, name)},
                                     {"verbs", subresource_verbs(name)}});
  return entry;
}

Json aggregated(const Groups& groups, bool core) {
  Json items = Json::array();
  for (const auto& [group, versions] : groups) {
    if (group.empty() != core) continue;
    Json list = Json::array();
    for (const auto& [version, resources] : versions) {
      Json entries = Json::array();
      for (const Resource* resource : resources) entries.push_back(aggregated_resource(*resource));
      list.push_back({{"version", version}, {"resources", entries}, {"freshness", "Current"}});
    }
    Json metadata{{"creationTimestamp", nullptr}};
    if (!group.empty()) metadata["name"] = group;
    items.push_back({{"metadata", metadata}, {"versions", list}});
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/v2"},
          {"metadata", Json::object()},
          {"items", items}};
}

Json resource_list(const std::string& group_version, const std::vector<const Resource*>& resources) {
  Json entries = Json::array();
  for (const Resource* resource : resources) {
    Json entry{{"name", resource->plural},
               {"singularName", resource->singular},
               {"namespaced", resource->namespaced},
               {"kind", resource->kind},
               {"verbs", resource->verbs}};
    if (!resource->short_names.empty()) entry["shortNames"] = resource->short_names;
    if (!resource->categories.empty()) entry["categories"] = resource->categories;
    if (is_stored(*resource)) entry["storageVersionHash"] = storage_hash(*resource);
    entries.push_back(entry);
    for (const std::string& name : resource->subresources) {
      const Json kind = subresource_kind(*resource, name);
      Json sub{{"name", resource->plural + "/" + name},
               {"singularName", ""},
               {"namespaced", resource->namespaced},
               {"kind", kind["kind"]},
               {"verbs", subresource_verbs(name)}};
      if (kind["group"] != resource->group) {
        sub["group"] = kind["group"];
        sub["version"] = kind["version"];
      }
      entries.push_back(sub);
    }
  }
  Json list{{"kind", "APIResourceList"}, {"groupVersion", group_version}, {"resources", entries}};
  if (group_version != "v1") list["apiVersion"] = "v1";  // the server leaves it out of its oldest answer
  return list;
}

Json group_json(const std::string& group, const Versions& versions) {
  Json list = Json::array();
  for (const auto& [version, resources] : versions)
    list.push_back({{"groupVersion", group + "/" + version}, {"version", version}});
  return {{"name", group}, {"versions", list}, {"preferredVersion", list.back()}};
}

Json group_list(const Groups& groups) {
  Json list = Json::array();
  for (const auto& [group, versions] : groups)
    if (!group.empty()) list.push_back(group_json(group, versions));
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", list}};
}

std::optional<DiscoveryAnswer> below_apis(const Groups& groups, const std::vector<std::string>& segments) {
  const auto group = groups.find(segments[1]);
  if (group == groups.end() || group->first.empty()) return std::nullopt;
  if (segments.size() == 2) {
    Json body = group_json(group->first, group->second);
    body["kind"] = "APIGroup";
    body["apiVersion"] = "v1";
    return DiscoveryAnswer{body};
  }
  const auto version = group->second.find(segments[2]);
  if (version == group->second.end()) return std::nullopt;
  return DiscoveryAnswer{resource_list(group->first + "/" + version->first, version->second)};
}

}  // namespace

std::optional<DiscoveryAnswer> discovery(const Registry& registry, const std::vector<std::string>& segments,
                                         std::string_view accept, std::string_view host) {
  if (segments.empty() || (segments[0] != "api" && segments[0] != "apis")) return std::nullopt;
  const bool core = segments[0] == "api";
  if (segments.size() > (core ? 2U : 3U)) return std::nullopt;
  const Groups groups = groups_of(registry);
  if (segments.size() == 1) {
    if (contains(accept, "g=apidiscovery.k8s.io"))
      return DiscoveryAnswer{aggregated(groups, core), std::string(aggregated_type)};
    if (!core) return DiscoveryAnswer{group_list(groups)};
    return DiscoveryAnswer{{{"kind", "APIVersions"},
                            {"versions", {"v1"}},
                            {"serverAddressByClientCIDRs", {{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", host}}}}}};
  }
  if (!core) return below_apis(groups, segments);
  if (segments[1] != "v1") return std::nullopt;
  return DiscoveryAnswer{resource_list("v1", groups.at("").at("v1"))};
}

Json version_document(std::string_view kubernetes_version) {
  const std::vector<std::string> parts =
      split(kubernetes_version.substr(kubernetes_version.starts_with('v') ? 1 : 0), '.');
  return {{"major", parts.empty() ? "1" : parts[0]},
          {"minor", parts.size() < 2 ? "0" : parts[1]},
          {"gitVersion", fmt::format("{}+kforge-sandbox", kubernetes_version)},
          {"gitCommit", ""},
          {"gitTreeState", "clean"},
          {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", "none"},
          {"compiler", "g++"},
          {"platform", "linux/amd64"}};
}

}  // namespace kforge::sandbox
