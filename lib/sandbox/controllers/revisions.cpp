// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/revisions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr const char* resource = "controllerrevisions.apps";

Json data_of(const Json& owner) {
  Json pod_template = at_path(owner, {"spec", "template"});
  pod_template["$patch"] = "replace";
  return {{"spec", {{"template", std::move(pod_template)}}}};
}

ObjectPtr reload(const Kit& kit, const Json& revision) {
  return kit.get({resource, namespace_of(revision), name_of(revision)});
}

}  // namespace

std::vector<ObjectPtr> revisions_of(const Kit& kit, const Json& owner) {
  std::vector<ObjectPtr> revisions = kit.owned(resource, namespace_of(owner), uid_of(owner));
  std::ranges::sort(revisions, {}, [](const ObjectPtr& each) { return int_at(*each, {"revision"}); });
  return revisions;
}

ObjectPtr current_revision(const Kit& kit, const Json& owner) {
  const std::vector<ObjectPtr> known = revisions_of(kit, owner);
  const std::int64_t newest = known.empty() ? 0 : int_at(*known.back(), {"revision"});
  const Json data = data_of(owner);
  for (const ObjectPtr& revision : known) {
    if (at_path(*revision, {"data"}) != data) continue;
    if (revision == known.back()) return revision;
    Json next = *revision;
    next["revision"] = newest + 1;
    kit.update(next);
    return reload(kit, next);
  }
  const std::string hash = template_hash(data);
  Json labels = at_path(owner, {"spec", "template", "metadata", "labels"});
  labels[string_at(owner, {"kind"}) == "DaemonSet" ? revision_label : "controller.kubernetes.io/hash"] = hash;
  Json revision{{"apiVersion", "apps/v1"},
                {"kind", "ControllerRevision"},
                {"metadata",
                 {{"name", fmt::format("{}-{}", name_of(owner), hash)},
                  {"namespace", namespace_of(owner)},
                  {"labels", labels},
                  {"ownerReferences", {controller_reference(owner)}}}},
                {"data", data},
                {"revision", newest + 1}};
  for (const auto& [name, value] : at_path(owner, {"metadata", "annotations"}).items())
    if (name != "kubectl.kubernetes.io/last-applied-configuration") revision["metadata"]["annotations"][name] = value;
  kit.create(revision);
  return reload(kit, revision);
}

Json template_of(const Json& revision) {
  Json pod_template = at_path(revision, {"data", "spec", "template"});
  if (pod_template.is_object()) pod_template.erase("$patch");
  return pod_template;
}

void trim_revisions(const Kit& kit, const Json& owner, const std::vector<std::string>& in_use, std::int64_t limit) {
  std::vector<ObjectPtr> idle = revisions_of(kit, owner);
  std::erase_if(idle, [&](const ObjectPtr& each) { return std::ranges::find(in_use, name_of(*each)) != in_use.end(); });
  for (std::size_t i = 0; i + static_cast<std::size_t>(std::max<std::int64_t>(0, limit)) < idle.size(); ++i)
    kit.remove(*idle[i]);
}

// DaemonSets label with the hash alone, StatefulSets with the whole name.
std::string revision_hash(const Json& revision, const Json& owner) {
  return string_at(owner, {"kind"}) == "DaemonSet" ? string_at(revision, {"metadata", "labels", revision_label})
                                                   : name_of(revision);
}

}  // namespace kforge::sandbox
