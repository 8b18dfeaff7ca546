// SPDX-License-Identifier: Apache-2.0
// LimitRange and ResourceQuota for pods.
#pragma once

#include "base/json.hpp"
#include "base/quantity.hpp"
#include "sandbox/api/registry.hpp"

#include <map>
#include <string>

namespace kforge::sandbox {

// Fills requests and limits from the namespace's LimitRanges and checks minima and maxima. Throws Refusal (403).
void apply_limit_ranges(Store& store, const Resource& resource, Json& pod);
// Throws Refusal (403, "exceeded quota: …") when the pod does not fit.
void check_quotas(Store& store, const Resource& resource, const Json& object);

// What pods of a namespace take, by quota name ("requests.cpu", "limits.memory", "pods"), in 1e-9 units.
std::map<std::string, Int128> quota_usage(Store& store, const std::string& name_space);
std::string quota_text(const std::string& name, Int128 nano);

}  // namespace kforge::sandbox
