// SPDX-License-Identifier: Apache-2.0
// What differs between two states of one object, field by field, as people and documents see it.
#pragma once

#include "base/json.hpp"
#include "deploy/field_path.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

// A field that one of the two states lacks is null there.
struct FieldChange {
  std::string path;  // "spec.template.spec.containers[app].env[LOG_LEVEL].value"
  FieldPath elements;
  Json before, after;
  // In a drift: who holds it, and since when. Empty when nobody does, as of a field that was removed.
  std::string manager{};
  std::optional<WallTime> since{};
  bool operator==(const FieldChange&) const = default;
};

// From `before` to `after`, in the order of the fields: list items aligned by their merge keys, those of
// atomic lists by their positions, quantities compared by value. What only a server or a controller writes is left out:
// status, bookkeeping of metadata, revisions of a rollout, kubectl's copy of the last applied object. `kind` may be
// null (custom resources).
std::vector<FieldChange> field_changes(const schema::Kind* kind, const Json& before, const Json& after);

// What applying an intent to a live object changes, as far as that can be told without asking the server: only fields
// of the intent.
std::vector<FieldChange> intended_changes(const schema::Kind* kind, const Json& live, const Json& intent);

// Whether an annotation is written by kubectl or a controller as part of its own work.
bool is_noise_annotation(std::string_view name);

}  // namespace kforge::deploy
