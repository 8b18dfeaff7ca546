// SPDX-License-Identifier: Apache-2.0
// Single rows of the status: what an object is called, which tier it is of, how its pods are.
#pragma once

#include "observe/status.hpp"

#include <string>
#include <string_view>

namespace kforge::observe {

// The label tier, whatever tool wrote it; a namespace is its own tier.
std::string tier_of(const Json& object);
// Places tiers in deploy order; unknown ones after the known, none at all last.
int tier_rank(std::string_view tier);

// The label kforge.dev/service, app.kubernetes.io/name or app; otherwise the object's own name.
std::string service_of(const Json& object);
// "v1.1.0" of the image of a workload's main container; "sha256:0123456789ab" of a digest.
std::string image_tag_of(const Json& workload);

PodRow pod_row(const Json& pod);

// "order-service restarted 4m ago: out of memory at 512Mi", when a pod did within the last hour and the row itself does
// not say it; empty otherwise.
std::string restart_note(const ObjectRow& row, WallTime now);
// "autoscaler order-service: the autoscaler gets no metrics"
std::string warning_note(const ObjectRow& row);
// "Deployment backend/order-service was changed by kubectl-edit 4m ago (kforge drift)"
std::string drift_note(const ObjectRow& row, WallTime now);

}  // namespace kforge::observe
