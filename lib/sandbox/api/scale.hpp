// SPDX-License-Identifier: Apache-2.0
// The scale subresource (autoscaling/v1 Scale) of Deployments, ReplicaSets and StatefulSets.
#pragma once

#include "sandbox/api/writes.hpp"

namespace kforge::sandbox {

Json scale_of(const Resource& resource, const Json& object);
// Writes spec.replicas of the object behind a Scale; answers the new Scale. Throws Refusal.
Json update_scale(WriteScope& scope, const Json& before, const Json& scale);

}  // namespace kforge::sandbox
