// SPDX-License-Identifier: Apache-2.0
#include "project/own_objects.hpp"

#include "base/suggest.hpp"
#include "project/characters.hpp"
#include "schema/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

namespace kforge::project {
namespace {

using schema::KindName;

const schema::Table& table() {
  return schema::Table::embedded();
}

std::string text_at(const yaml::Node& node, std::string_view key) {
  const yaml::Node* found = node.find(key);
  return found != nullptr && found->is_scalar() ? found->scalar : std::string();
}

// kubectl reads 0440 as octal, YAML 1.2 as decimal: a mode would silently be another one.
void refuse_octal(const yaml::Node& node, Diagnostics& problems) {
  if (node.type == yaml::Type::integer && node.scalar.size() > 1 && node.scalar.front() == '0' &&
      all_of(node.scalar, is_digit)) {
    int octal = 0;
    const char* end = node.scalar.data() + node.scalar.size();
    const auto parsed = std::from_chars(node.scalar.data(), end, octal, 8);
    problems.error(node.place(), fmt::format("{} is octal to some readers and decimal to others", node.scalar),
                   parsed.ptr == end ? fmt::format("write {}", octal) : "write it without the leading zero");
  }
  for (const yaml::Node& item : node.items) refuse_octal(item, problems);
  for (const yaml::Entry& entry : node.entries) refuse_octal(entry.value, problems);
}

std::vector<std::string> kinds_where(const std::function<bool(const KindName&)>& wanted) {
  std::set<std::string> kinds;
  for (const KindName& name : table().names())
    if (wanted(name)) kinds.insert(name.kind);
  return {kinds.begin(), kinds.end()};
}

class ObjectCheck {
 public:
  ObjectCheck(const Project& project, Diagnostics& problems) : project_(project), problems_(problems) {}

  void document(const yaml::Node& node, Tier tier) {
    tier_ = tier;
    const yaml::Node* items = node.find("items");
    if (text_at(node, "kind") == "List" && items != nullptr && items->is_sequence())
      for (const yaml::Node& item : items->items) object(item);
    else
      object(node);
  }

 private:
  void object(const yaml::Node& node) {
    if (!node.is_mapping()) return problems_.error(node.place(), "this is no Kubernetes object: not a mapping");
    if (!has_identity(node)) return;
    const KindName name = schema::kind_name(text_at(node, "apiVersion"), text_at(node, "kind"));
    refuse_octal(node, problems_);
    schema::validate(table(), node, schema::Completeness::whole_object, problems_);
    check_repeat(node, name);
    check_place(node, name);
  }

  bool has_identity(const yaml::Node& node) {
    const std::size_t before = problems_.errors();
    for (const char* key : {"apiVersion", "kind"})
      if (text_at(node, key).empty()) problems_.error(node.place(), fmt::format("an object without '{}'", key));
    const yaml::Node* metadata = node.find("metadata");
    if (metadata == nullptr || text_at(*metadata, "name").empty())
      problems_.error(node.place(), "an object without 'metadata.name'",
                      metadata != nullptr && metadata->find("generateName") != nullptr
                          ? "a generated name cannot be applied again"
                          : "");
    return problems_.errors() == before;
  }

  // Where render puts the object: its own namespace, or that of its stage.
  std::string namespace_of(const yaml::Node& metadata, const KindName& name) const {
    const schema::Kind* kind = table().find(name);
    const std::string own = text_at(metadata, "namespace");
    if (kind == nullptr || !own.empty()) return own;
    return kind->namespaced ? project_.namespaces.of(tier_) : std::string();
  }

  void check_repeat(const yaml::Node& node, const KindName& name) {
    const yaml::Node& metadata = *node.find("metadata");
    const auto identity = std::tuple(name.group, name.kind, namespace_of(metadata, name), text_at(metadata, "name"));
    const auto [first, fresh] = seen_.emplace(identity, node.place().to_string());
    if (!fresh)
      problems_.error(node.place(),
                      fmt::format("{} '{}' stands in {} already", name.kind, text_at(metadata, "name"), first->second));
  }

  // What stands there keeps the cluster alive, and is no project's to change or to delete.
  void check_place(const yaml::Node& node, const KindName& name) {
    const yaml::Node& metadata = *node.find("metadata");
    const bool is_namespace = name.group.empty() && name.kind == "Namespace";
    const yaml::Node* where = metadata.find(is_namespace ? "name" : "namespace");
    if (where == nullptr || !where->is_scalar() || !is_kubernetes_own(where->scalar)) return;
    problems_.error(where->place(), fmt::format("Kubernetes keeps the namespace '{}' for itself", where->scalar),
                    is_namespace ? "choose another name"
                                 : "leave 'namespace' out, and the object goes into that of its stage; what the "
                                   "cluster needs there is for its administrator to apply");
  }

  const Project& project_;
  Diagnostics& problems_;
  Tier tier_ = Tier::backend;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::string> seen_;
};

// "v2" -> (1, 2), "v1beta1" -> (0, 1): stable before beta, then the higher number.
std::pair<bool, int> rank_of_version(std::string_view version) {
  int number = 0;
  const auto [end, error] = std::from_chars(version.data() + 1, version.data() + version.size(), number);
  return {error == std::errc{} && end == version.data() + version.size(), number};
}

// The kind that a patch most likely means: the newest stable version.
std::optional<KindName> known_kind(const std::string& kind) {
  std::optional<KindName> best;
  for (const KindName& name : table().names())
    if (name.kind == kind && (!best || rank_of_version(name.version) > rank_of_version(best->version))) best = name;
  return best;
}

bool is_own_kind(const Project& project, const std::string& kind) {
  return std::ranges::any_of(project.manifests, [&](const OwnManifest& own) {
    return std::ranges::any_of(own.objects, [&](const yaml::Node& object) { return text_at(object, "kind") == kind; });
  });
}

yaml::Entry text_entry(const char* key, const std::string& value) {
  return {yaml::from_json(key), yaml::from_json(value)};
}

// The patch as an object of its kind, so that its fields can be looked up.
void check_patch(const Project& project, const Patch& patch, const SourcePlace& place, Diagnostics& problems) {
  const auto kind = known_kind(patch.kind);
  if (!kind) {
    if (!is_own_kind(project, patch.kind))
      problems.error(place, fmt::format("there is no kind '{}'", patch.kind),
                     did_you_mean(patch.kind, kinds_where([](const KindName&) { return true; })));
    return;
  }
  yaml::Node object = patch.content;
  for (const auto& [key, value] : {std::pair{"apiVersion", kind->api_version()}, std::pair{"kind", kind->kind}})
    if (object.find(key) == nullptr) object.entries.push_back(text_entry(key, value));
  refuse_octal(object, problems);
  schema::validate(table(), object, schema::Completeness::patch, problems);
}

}  // namespace

void check_own_objects(const Project& project, Diagnostics& problems) {
  ObjectCheck check(project, problems);
  for (const OwnManifest& own : project.manifests)
    for (const yaml::Node& document : own.objects) check.document(document, own.tier);
  for (std::size_t i = 0; i < project.patches.size(); ++i) {
    const Patch& patch = project.patches[i];
    if (!patch.kind.empty() && patch.content.is_mapping())
      check_patch(project, patch, project.place_of({"patches", std::to_string(i), "kind"}), problems);
  }
}

}  // namespace kforge::project
