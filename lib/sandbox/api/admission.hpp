// SPDX-License-Identifier: Apache-2.0
// Admission: what a cluster adds to an object or refuses because of other objects (namespace life cycle, service
// account, LimitRange, ResourceQuota, PodSecurity).
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

// Changes `object` as mutating admission does. Throws Refusal (403) when something forbids it. `before` is null on
// create. Texts for Warning headers (PodSecurity `warn`) are added to `warnings`.
void admit(Store& store, const Resource& resource, const Json* before, Json& object,
           std::vector<std::string>& warnings);

}  // namespace kforge::sandbox
