// SPDX-License-Identifier: Apache-2.0
#include "kube/discovery.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "kube/client.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

// Not more than the few words a resource has, so that views into them stay valid.
constexpr std::size_t most_words = 256;

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> found;
  if (!list.is_array()) return found;
  for (const Json& item : list)
    if (item.is_string()) found.push_back(item.get<std::string>());
  return found;
}

std::vector<std::string> subresources_of(const std::string& plural, const Json& resources) {
  std::vector<std::string> found;
  for (const Json& resource : resources)
    if (const std::string name = string_at(resource, {"name"}); name.starts_with(plural + "/"))
      found.push_back(name.substr(plural.size() + 1));
  return found;
}

}  // namespace

const schema::Kind* DiscoveredKinds::find(const schema::KindName& name) const {
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? nullptr : &found->second->kind;
}

void DiscoveredKinds::add(const std::string& group, const std::string& version, const Json& resource_list) {
  const Json& resources = at_path(resource_list, {"resources"});
  if (!resources.is_array()) return;
  for (const Json& resource : resources)
    if (!contains(string_at(resource, {"name"}), "/"))
      add_resource({group, version, string_at(resource, {"kind"})}, resource, resources);
}

void DiscoveredKinds::add_resource(const schema::KindName& name, const Json& resource, const Json& resources) {
  auto entry = std::make_unique<Entry>();
  entry->plural = string_at(resource, {"name"});
  entry->singular = string_at(resource, {"singularName"});
  entry->words.reserve(most_words);
  const auto keep = [&](const std::vector<std::string>& words, std::vector<std::string_view>& views) {
    for (const std::string& word : words)
      if (entry->words.size() < most_words) views.push_back(entry->words.emplace_back(word));
  };
  keep(texts(at_path(resource, {"shortNames"})), entry->short_names);
  keep(texts(at_path(resource, {"verbs"})), entry->verbs);
  keep(subresources_of(entry->plural, resources), entry->subresources);
  entry->kind.name = name;
  entry->kind.plural = entry->plural;
  entry->kind.singular = entry->singular;
  entry->kind.short_names = entry->short_names;
  entry->kind.verbs = entry->verbs;
  entry->kind.subresources = entry->subresources;
  entry->kind.namespaced = bool_at(resource, {"namespaced"});
  kinds_[name] = std::move(entry);
}

const schema::Kind& resolve_kind(Client& client, const schema::KindName& name) {
  if (const schema::Kind* known = schema::Table::embedded().find(name)) return *known;
  DiscoveredKinds& discovered = client.discovered_kinds();
  if (const schema::Kind* known = discovered.find(name)) return *known;
  ApiRequest request;
  request.path = (name.group.empty() ? "/api/" : "/apis/") + name.api_version();
  request.timeout = std::chrono::seconds{32};
  const ApiResult result = client.call(request);
  if (!result.ok() && !result.not_found()) throw *result.error;
  discovered.add(name.group, name.version, result.body);
  if (const schema::Kind* known = discovered.find(name)) return *known;
  const std::string guess = did_you_mean(name.kind, schema::Table::embedded().kind_names());
  throw Error(ErrorKind::rejected, fmt::format("the cluster has no kind '{}' in '{}'", name.kind, name.api_version()))
      .hint(guess.empty() ? "install its CustomResourceDefinition first" : guess);
}

}  // namespace kforge::kube
