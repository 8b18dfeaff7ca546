// SPDX-License-Identifier: Apache-2.0
// The pods behind what people type: a service, or one of its pods.
#pragma once

#include "cli/session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::cli {

// Where a service of the project runs.
std::string namespace_of(const project::Project& project, const std::string& service);

struct PodTarget {
  std::string service, name_space;
  std::string pod;  // empty: any pod of the service
};
// A service by unique prefix, or a pod by its name or the beginning of it. Throws as services_named() does.
PodTarget pod_target(const project::Project& project, const std::string& typed);

// The running pods of a target: ready ones first, then the longest ready. Throws Error{not_found} when there is none.
std::vector<Json> running_pods(Session& session, const PodTarget& target);

// The container that is meant: the given one, that of kubectl's annotation, or the first. Throws Error{not_found} with
// a did-you-mean.
std::string container_of(const Json& pod, const std::string& given);

// The number of a port of a pod, by number or by the name that a container gives it; empty when there is no such name.
std::optional<int> port_of(const Json& pod, const Json& port);

}  // namespace kforge::cli
