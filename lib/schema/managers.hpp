// SPDX-License-Identifier: Apache-2.0
// The entries of metadata.managedFields as the steps of apply() and track_update() handle them.
#pragma once

#include "schema/merge.hpp"

#include <string>
#include <vector>

namespace kforge::schema {

// Whether two entries belong to one manager: updates of different versions are told apart, applies are not.
bool same_manager(const ManagedEntry& a, const ManagedEntry& b);
// "kubectl" with subresource "scale" using apps/v1
std::string describe(const ManagedEntry& entry);
// Keeps at most ten entries of updates by uniting the oldest of one version under "ancient-changes".
void cap_updates(std::vector<ManagedEntry>& entries);

// Whether required fields without a value stand as null, as they do in an object that is being created.
enum class RequiredNulls { no, yes };
Json with_constant_fields(const Kind& kind, Json object, RequiredNulls nulls);

}  // namespace kforge::schema
