// SPDX-License-Identifier: Apache-2.0
#include "deploy/owners.hpp"

#include "deploy/names.hpp"

namespace kforge::deploy {
namespace {

std::string label(const Json& live, std::string_view name) {
  return string_at(live, {"metadata", "labels", name});
}
std::string annotation(const Json& live, std::string_view name) {
  return string_at(live, {"metadata", "annotations", name});
}

// The first label or annotation that starts so, with its value.
std::optional<std::string> marked_by_prefix(const Json& live, std::string_view prefix) {
  for (const char* map : {"labels", "annotations"}) {
    const Json& marks = at_path(live, {"metadata", map});
    for (auto it = marks.begin(); it != marks.end(); ++it)
      if (it.key().starts_with(prefix)) return it.value().is_string() ? it.value().get<std::string>() : "";
  }
  return std::nullopt;
}

std::string named(std::string tool, const std::string& name) {
  return name.empty() ? tool : tool + " '" + name + "'";
}

}  // namespace

bool is_member(const Json& live, const Membership& membership) {
  return label(live, project_label) == membership.project && label(live, part_of_label) == membership.applyset;
}

std::optional<std::string> foreign_owner(const Json& live, const Membership& membership) {
  if (const std::string project = label(live, project_label); !project.empty() && project != membership.project)
    return named("project", project);
  if (const std::string set = label(live, part_of_label); !set.empty() && set != membership.applyset)
    return named("ApplySet", set);
  if (const std::string release = annotation(live, "meta.helm.sh/release-name"); !release.empty())
    return named("Helm release", release);
  if (const auto app = marked_by_prefix(live, "kapp.k14s.io/app")) return named("kapp app", *app);
  if (const auto app = marked_by_prefix(live, "argocd.argoproj.io/")) return named("Argo CD application", *app);
  if (const std::string inventory = annotation(live, "config.k8s.io/owning-inventory"); !inventory.empty())
    return named("inventory", inventory);
  const std::string manager = label(live, managed_by_label);
  if (!manager.empty() && manager != field_manager) return manager;
  return std::nullopt;
}

}  // namespace kforge::deploy
