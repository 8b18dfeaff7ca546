// SPDX-License-Identifier: Apache-2.0
#include "deploy/foreign.hpp"

#include "base/text.hpp"
#include "deploy/names.hpp"
#include "deploy/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::deploy {
namespace {

constexpr std::size_t most_named = 3;

// Made by controllers for the namespace or for its Services and Pods, never by people.
constexpr std::array<std::string_view, 4> fleeting = {"Event", "Endpoints", "EndpointSlice", "Lease"};

// `default` cannot be deleted, the others must not.
bool is_protected(const std::string& name) {
  return name == "default" || project::is_kubernetes_own(name);
}

// Whoever creates a namespace by other means than kforge's apply owns the label that every namespace gets, or applies
// it.
bool was_made_by_others(const Json& name_space) {
  const Json& entries = at_path(name_space, {"metadata", "managedFields"});
  return std::ranges::any_of(entries, [](const Json& entry) {
    if (is_own_manager(string_at(entry, {"manager"})) || !string_at(entry, {"subresource"}).empty()) return false;
    const Json& label = at_path(entry, {"fieldsV1", "f:metadata", "f:labels", "f:kubernetes.io/metadata.name"});
    return string_at(entry, {"operation"}) == "Apply" || !label.is_null();
  });
}

bool counts(const Json& object) {
  const std::string kind = string_at(object, {"kind"}), name = string_at(object, {"metadata", "name"});
  if (!at_path(object, {"metadata", "ownerReferences"}).empty()) return false;  // its owner counts
  if (kind == "ServiceAccount" && name == "default") return false;
  if (kind == "ConfigMap" && name == "kube-root-ca.crt") return false;
  return std::ranges::find(fleeting, kind) == fleeting.end();
}

struct Collection {
  std::string path;  // of the LIST, without a query
  std::string kind;
};

// One collection for each kind that the table knows.
std::vector<Collection> known_collections(const std::string& name_space) {
  std::vector<Collection> collections;
  for (const auto& [group_kind, name] : newest_kinds()) {
    const schema::Kind& kind = *schema::Table::embedded().find(name);
    if (kind.namespaced && kind.has_verb("list") && kind.has_verb("delete"))
      collections.push_back({schema::collection_path(kind, name_space), name.kind});
  }
  return collections;
}

// Of the definition of a namespaced custom resource.
std::optional<Collection> custom_collection(const Json& definition, const std::string& name_space) {
  if (string_at(definition, {"spec", "scope"}) != "Namespaced") return std::nullopt;
  for (const Json& version : at_path(definition, {"spec", "versions"}))
    if (bool_at(version, {"served"}))
      return Collection{
          fmt::format("/apis/{}/{}/namespaces/{}/{}", string_at(definition, {"spec", "group"}),
                      string_at(version, {"name"}), name_space, string_at(definition, {"spec", "names", "plural"})),
          string_at(definition, {"spec", "names", "kind"})};
  return std::nullopt;
}

// Looks for what others have in one namespace.
class Search {
 public:
  Search(Session& session, std::string name_space, const Membership& membership)
      : session_(session), name_space_(std::move(name_space)), membership_(membership), requests_(session) {}

  std::optional<std::string> run() {
    for (const Collection& collection : known_collections(name_space_)) look_into(collection);
    look_for_definitions();
    requests_.finish(fmt::format("looking for objects of others in namespace '{}'", name_space_));
    if (!hidden_.empty()) return "this account may not see its " + join(hidden_, ", ");
    if (found_.empty()) return std::nullopt;
    std::ranges::sort(found_);
    const std::size_t more = found_.size() > most_named ? found_.size() - most_named : 0;
    found_.resize(found_.size() - more);
    return "it holds " + join(found_, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
  }

 private:
  void look_into(const Collection& collection) {
    kube::ApiRequest request;
    request.path = fmt::format("{}?labelSelector={}", collection.path,
                               url_encode(std::string(project_label) + "!=" + membership_.project));
    requests_.send(std::move(request), [this, kind = collection.kind](kube::ApiResult result) {
      if (!result.ok() && !result.not_found()) hidden_.push_back(kind);
      if (!result.ok()) return;
      for (const Json& object : kube::items_of(std::move(result.body)))
        if (counts(object)) found_.push_back(fmt::format("{} '{}'", kind, string_at(object, {"metadata", "name"})));
    });
  }

  void look_for_definitions() {
    static const schema::Kind& kind =
        *schema::Table::embedded().find(schema::kind_name("apiextensions.k8s.io/v1", "CustomResourceDefinition"));
    requests_.send(kube::list_request(kind, "", ""), [this](kube::ApiResult result) {
      if (!result.ok()) return hidden_.emplace_back("custom resources"), void();
      for (const Json& definition : kube::items_of(std::move(result.body)))
        if (const auto collection = custom_collection(definition, name_space_)) look_into(*collection);
    });
  }

  Session& session_;
  std::string name_space_;
  const Membership& membership_;
  std::vector<std::string> found_, hidden_;
  RequestGroup requests_;
};

}  // namespace

std::optional<std::string> reason_to_keep(Session& session, const Json& name_space, const Membership& membership) {
  const std::string name = string_at(name_space, {"metadata", "name"});
  if (is_protected(name)) return "it belongs to Kubernetes";
  if (was_made_by_others(name_space)) return "kforge did not create it";
  return Search(session, name, membership).run();
}

}  // namespace kforge::deploy
