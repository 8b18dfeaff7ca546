// SPDX-License-Identifier: Apache-2.0
// What an API server knows about a kind beyond its schema: defaults, validation, and what may not change.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"
#include "sandbox/api/status.hpp"

#include <vector>

namespace kforge::sandbox {

// Fills the fields that a real server fills (pkg/apis/*/defaults.go), as far as readiness, diffs and clients see them.
void apply_defaults(const Resource& resource, Json& object);

// What the registry strategies do before a write: reset or fill what only the server may set (a Pod's phase Pending, a
// Namespace's finalizer and phase, a Service's cluster IP kept from before, …).
void prepare_for_create(const Resource& resource, Json& object);
void prepare_for_update(const Resource& resource, const Json& before, Json& after);

// What is wrong with a complete, defaulted object; empty when it is fine.
std::vector<FieldError> validate_object(const Resource& resource, const Json& object);
// What an update may not do: immutable fields, in the server's words.
std::vector<FieldError> validate_change(const Resource& resource, const Json& before, const Json& after);

}  // namespace kforge::sandbox
