// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"

#include <vector>

namespace kforge::sandbox {

// NAME READY STATUS RESTARTS AGE and the wide columns of a pod.
std::vector<Json> pod_cells(const Json& pod, WallTime now);

}  // namespace kforge::sandbox
