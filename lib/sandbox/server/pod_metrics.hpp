// SPDX-License-Identifier: Apache-2.0
// metrics.k8s.io, as metrics-server answers it: what pods use that say so, and what that makes for their nodes.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/pods/runtime.hpp"

namespace kforge::sandbox {

// One object, or the list of those that the selector matches. Throws Refusal (404) for a pod that nobody measures.
Outcome metrics(Store& store, const PodRuntime& runtime, WallTime now, const Target& target, const Selector& selector);

}  // namespace kforge::sandbox
