// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostics.hpp"
#include "render/canonical.hpp"
#include "render/components.hpp"
#include "yaml/node.hpp"

#include <fmt/format.h>

namespace kforge::render {
namespace {

const schema::Kind* known_kind(const Json& manifest) {
  return schema::Table::embedded().find(schema::kind_name(manifest));
}

// A namespaced object without a namespace belongs into its tier's. The scope of a custom resource is not known here:
// its file has to say the namespace.
void place(Json& manifest, const schema::Kind* kind, const project::Project& project, project::Tier tier) {
  Json& metadata = manifest["metadata"];
  if (!kind || !kind->namespaced || metadata.contains("namespace") || tier == project::Tier::namespaces) return;
  metadata["namespace"] = project.namespaces.of(tier);
}

void mark(Json& manifest, const project::Project& project, project::Tier tier) {
  Json& labels = manifest["metadata"]["labels"];
  labels.emplace("app.kubernetes.io/part-of", project.name);
  if (tier != project::Tier::namespaces) labels.emplace("tier", std::string(to_string(tier)));
}

struct Reader {
  Drafts& drafts;
  Diagnostics problems;

  void read(const project::OwnManifest& own, const yaml::Node& node) {
    const yaml::Node* items = node.find("items");
    const yaml::Node* kind = node.find("kind");
    if (items && items->is_sequence() && kind && kind->scalar == "List") {
      for (const yaml::Node& item : items->items) add(own, item);
    } else {
      add(own, node);
    }
  }

  void add(const project::OwnManifest& own, const yaml::Node& node) {
    Json manifest = yaml::to_json(node);
    const schema::Kind* kind = known_kind(manifest);
    if (string_at(manifest, {"kind"}).empty() || string_at(manifest, {"apiVersion"}).empty() ||
        string_at(manifest, {"metadata", "name"}).empty()) {
      problems.error(node.place(), "an object needs apiVersion, kind and metadata.name");
      return;
    }
    if (at_path(manifest, {"metadata", "labels", "applyset.kubernetes.io/part-of"}).is_string())
      problems.error(node.place(), "the object already belongs to an ApplySet",
                     "remove the label applyset.kubernetes.io/part-of");
    for (const std::string& repeat : repeated_items(kind, manifest)) problems.error(node.place(), repeat);
    canonicalize(kind, manifest);
    place(manifest, kind, drafts.project, own.tier);
    mark(manifest, drafts.project, own.tier);
    drafts.add_own(drafts.begin({.tier = own.tier, .origin = node.place()}), std::move(manifest)).own = true;
  }
};

}  // namespace

void draft_own_manifests(Drafts& drafts) {
  Reader reader{.drafts = drafts, .problems = {}};
  for (const project::OwnManifest& own : drafts.project.manifests)
    for (const yaml::Node& node : own.objects) reader.read(own, node);
  if (!reader.problems.ok()) throw InvalidInput(std::move(reader.problems));
}

}  // namespace kforge::render
