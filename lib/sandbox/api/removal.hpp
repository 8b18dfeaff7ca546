// SPDX-License-Identifier: Apache-2.0
// DELETE: preconditions, grace, finalizers, propagation.
#pragma once

#include "sandbox/api/api.hpp"

namespace kforge::sandbox {

struct RemovalScope {
  Store& store;
  Timers& timers;
  const Resource& resource;
};

// Deletes at once, or marks the object as terminating when finalizers or a grace period hold it. Throws Refusal (409).
Outcome remove_object(const RemovalScope& scope, const Json& object, const DeleteOptions& options);

}  // namespace kforge::sandbox
