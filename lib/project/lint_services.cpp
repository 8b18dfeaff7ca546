// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "project/image.hpp"
#include "project/lint.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace kforge::project {
namespace {

using Path = std::vector<std::string>;

void check_image(const Project& project, const Path& path, const std::string& name, Diagnostics& problems) {
  const auto image = parse_image(name);
  if (!image || !image->digest.empty()) return;
  if (image->tag.empty())
    problems.warning(project.place_of(path),
                     fmt::format("image '{}' has no tag: nodes take 'latest', and a release cannot be repeated", name),
                     "add a tag such as ':v1.0.0'");
  else if (image->tag == "latest")
    problems.warning(project.place_of(path), "the tag 'latest' says no version: a release cannot be repeated",
                     "name a version");
}

void check_ports(const Project& project, Diagnostics& problems) {
  std::map<int, std::vector<std::string>> users;
  for (const Service& service : project.services)
    if (service.port != 0) users[service.port].push_back(service.name);
  for (const auto& [port, names] : users)
    if (names.size() > 1)
      problems.warning(project.place_of({"services", names.back(), "port"}),
                       names.size() < 5 ? fmt::format("port {} is used by {}", port, quoted_list(names))
                                        : fmt::format("port {} is used by {} services", port, names.size()),
                       "fine in a cluster, not on one machine");
}

void check_port(const Project& project, const Service& service, Diagnostics& problems) {
  if (service.port > 0 && service.port < 1024)
    problems.warning(project.place_of({"services", service.name, "port"}),
                     fmt::format("port {} is one that only root may listen on everywhere", service.port),
                     "use one above 1023; the gateway listens on 80 and 443");
}

void check_scale(const Project& project, const Service& service, Diagnostics& problems) {
  if (service.scale && service.scale->min > service.scale->max)
    problems.error(project.place_of({"services", service.name, "scale", "min"}),
                   fmt::format("scale.min {} is above scale.max {}", service.scale->min, service.scale->max));
}

bool is_zero(const std::string& pods) {
  return pods.find_first_not_of("0%") == std::string::npos;
}

void check_rollout(const Project& project, const Path& path, const Rollout& rollout, Diagnostics& problems) {
  const auto place = [&](const char* key) {
    Path full = path;
    full.insert(full.end(), {"rollout", key});
    return project.place_of(full);
  };
  if (is_zero(rollout.max_surge) && is_zero(rollout.max_unavailable))
    problems.error(place("maxSurge"), "maxSurge and maxUnavailable are both 0: no pod could ever be replaced");
  if (rollout.deadline.count() <= rollout.min_ready_seconds)
    problems.error(place("deadline"), fmt::format("rollout.deadline {}s is not above minReadySeconds {}",
                                                  rollout.deadline.count(), rollout.min_ready_seconds));
}

void check_drain(const Project& project, const Path& path, const Drain& drain, Diagnostics& problems) {
  Path full = path;
  full.insert(full.end(), {"drain", "grace"});
  if (drain.sleep.count() > 0 && drain.sleep >= drain.grace)
    problems.error(
        project.place_of(full),
        fmt::format("drain.grace {}s is not above drain.sleep {}s: pods would be killed before they are told to end",
                    drain.grace.count(), drain.sleep.count()));
}

void check_folders(const Project& project, const Service& service, Diagnostics& problems) {
  std::set<std::string> seen{"/tmp"};
  for (std::size_t i = 0; i < service.writable_paths.size(); ++i) {
    const std::string& path = service.writable_paths[i];
    const SourcePlace place = project.place_of({"services", service.name, "writablePaths", std::to_string(i)});
    if (path == "/")
      problems.error(place, "the root folder cannot be one that starts empty");
    else if (!seen.insert(path).second)
      problems.error(place, fmt::format("'{}' is writable already", path));
  }
}

}  // namespace

void lint_services(const Project& project, Diagnostics& problems) {
  check_ports(project, problems);
  for (const Service& service : project.services) {
    const Path path{"services", service.name};
    check_image(project, {"services", service.name, "image"}, service.image, problems);
    check_port(project, service, problems);
    check_scale(project, service, problems);
    check_rollout(project, path, service.rollout, problems);
    check_drain(project, path, service.drain, problems);
    check_folders(project, service, problems);
  }
  if (project.services.empty()) {
    check_rollout(project, {"defaults"}, project.defaults.rollout, problems);
    check_drain(project, {"defaults"}, project.defaults.drain, problems);
  }
  if (project.database) check_image(project, {"database", "image"}, project.database->image, problems);
  if (project.auth) check_image(project, {"auth", "image"}, project.auth->image, problems);
  if (project.gateway) check_image(project, {"gateway", "image"}, project.gateway->image, problems);
}

}  // namespace kforge::project
