// SPDX-License-Identifier: Apache-2.0
#include "project/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace kforge::project {
namespace {

// Names of the parts that kforge brings: `kforge logs postgres` must mean one thing.
constexpr std::array<std::string_view, 4> own_parts{"postgres", "keycloak", "kong", "kong-proxy"};

// Labels that kforge, its selectors or Kubernetes itself rely on.
bool is_own_label(std::string_view key) {
  return key == "tier" || key.starts_with("app.kubernetes.io/") || key.starts_with("kforge.dev/") ||
         key.starts_with("applyset.kubernetes.io/") || key == "pod-template-hash";
}

void check_labels(const Project& project, std::vector<std::string> path,
                  const std::map<std::string, std::string>& labels, Diagnostics& problems) {
  for (const auto& [key, value] : labels) {
    if (!is_own_label(key)) continue;
    path.push_back(key);
    problems.error(project.place_of(path), fmt::format("the label '{}' is set by kforge", key), "choose another key");
    path.pop_back();
  }
}

void check_version(const Project& project, Diagnostics& problems) {
  constexpr int oldest = 30;
  if (project.min_version.empty()) return;
  const std::string_view minor = std::string_view(project.min_version).substr(2);
  int number = 0;
  std::from_chars(minor.data(), minor.data() + minor.size(), number);
  if (number < oldest)
    problems.error(project.place_of({"kubernetes", "minVersion"}),
                   fmt::format("kforge renders for Kubernetes 1.{} and newer", oldest));
}

void check_namespaces(const Project& project, Diagnostics& problems) {
  for (const Tier tier : {Tier::database, Tier::auth, Tier::backend, Tier::gateway})
    if (is_kubernetes_own(project.namespaces.of(tier)))
      problems.error(project.place_of({"namespaces", std::string(to_string(tier))}),
                     fmt::format("Kubernetes keeps the namespace '{}' for itself", project.namespaces.of(tier)),
                     fmt::format("choose another one, such as '{}'", Namespaces{}.of(tier)));
}

}  // namespace

void lint_names(const Project& project, Diagnostics& problems) {
  for (const Service& service : project.services) {
    if (std::ranges::find(own_parts, service.name) != own_parts.end())
      problems.error(project.place_of({"services", service.name}),
                     fmt::format("the name '{}' belongs to a part that kforge brings", service.name),
                     "choose another name");
    check_labels(project, {"services", service.name, "labels"}, service.labels, problems);
  }
  check_labels(project, {"defaults", "labels"}, project.defaults.labels, problems);
  check_version(project, problems);
  check_namespaces(project, problems);
}

}  // namespace kforge::project
