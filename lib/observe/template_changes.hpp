// SPDX-License-Identifier: Apache-2.0
// What changed from one revision of a workload to the next.
#pragma once

#include "observe/service_view.hpp"

#include <string>
#include <vector>

namespace kforge::observe {

// "image v1.0.0 -> v1.1.0, LOG_LEVEL changed, restarted"; "other fields" when it is none of what people look for.
std::string template_change(const Json& before, const Json& after);

// Revisions by their ReplicaSets, newest first; the oldest one is "first seen".
std::vector<Change> changes_of(const Json& workload, const std::vector<const Json*>& replica_sets);

// The field manager that changed the spec last, with its time: "kforge, 2026-01-02T03:04:05Z".
std::string last_manager(const Json& object);

}  // namespace kforge::observe
