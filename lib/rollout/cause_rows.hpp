// SPDX-License-Identifier: Apache-2.0
// The rows of the table of causes, in two files for their length.
#pragma once

#include "rollout/cause.hpp"

#include <span>

namespace kforge::rollout {

std::span<const Cause> pod_cause_rows();     // KF2001 to KF2029
std::span<const Cause> object_cause_rows();  // KF2030 and above

}  // namespace kforge::rollout
