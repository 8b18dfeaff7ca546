// SPDX-License-Identifier: Apache-2.0
// What the spec of a container refers to, looked up in the store as a kubelet does (pkg/kubelet/kubelet_pods.go).
#pragma once

#include "base/json.hpp"
#include "sandbox/store.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kforge::sandbox {

struct ContainerEnv {
  std::vector<std::pair<std::string, std::string>> variables;
  std::string error;  // message of CreateContainerConfigError; empty when everything was found
};
// Service links, envFrom and env with $(NAME) expanded; later ones win. `pod` has its status (IP, node).
ContainerEnv container_env(const Store& store, const Json& pod, const Json& container);

// The first volume that cannot be mounted: "MountVolume.SetUp failed for volume …"; empty when all can.
std::optional<std::string> mount_problem(const Store& store, const Json& pod);

// Path to content of every file that ConfigMaps, Secrets, projections and the downward API mount into a container.
std::map<std::string, std::string> mounted_files(const Store& store, const Json& pod, const Json& container);

}  // namespace kforge::sandbox
