// SPDX-License-Identifier: Apache-2.0
// Server-side apply as far as FakeCluster needs it: merge by the schema's list keys, ownership in managedFields,
// conflicts.
#pragma once

#include "base/json.hpp"
#include "schema/field_set.hpp"
#include "schema/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::tests {

struct SsaConflict {
  std::string manager, operation, api_version, time, field;
};

struct SsaRequest {
  const schema::Kind* kind = nullptr;  // null: unknown to the table, lists are atomic
  Json intent;
  std::string manager, time;  // time as in managedFields
  bool force = false;
};

struct SsaResult {
  Json object;                         // merged, with managedFields
  std::vector<SsaConflict> conflicts;  // not empty: nothing was merged
};

// Applies an intent to the live object (null when it does not exist yet).
SsaResult server_side_apply(const Json& live, const SsaRequest& request);

// managedFields after an Update by `manager` that turned `before` into `after`.
void record_update(Json& after, const Json& before, const SsaRequest& request);

}  // namespace kforge::tests
