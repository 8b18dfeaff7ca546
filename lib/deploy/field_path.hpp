// SPDX-License-Identifier: Apache-2.0
// Places inside an object, as field ownership names them, and who holds them.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "schema/merge.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::deploy {

// Elements in FieldsV1 spelling: {"f:spec", "f:containers", "k:{\"name\":\"app\"}", "f:image"}.
using FieldPath = std::vector<std::string>;

// How one element is written for people behind what is above it: "spec", ".replicas", "[app]", "[8000,TCP]". Keys of
// maps that hold dots or slashes stand in brackets.
std::string element_suffix(const schema::Field* place, std::string_view element, bool first);
// "spec.template.spec.containers[app].image"
std::string path_text(const schema::Kind* kind, const FieldPath& path);

// The member of the set that the API server writes as `text` in messages (".spec.containers[name=\"app\"].image").
std::optional<FieldPath> find_member(const schema::FieldSet& set, std::string_view text);

// The value at a path, or null.
const Json& value_at(const schema::Kind* kind, const Json& object, const FieldPath& path);

// A manager that holds a field.
struct Holder {
  std::string manager;
  std::string subresource;
  std::optional<WallTime> since;  // of its last write
  schema::Operation operation = schema::Operation::update;
};
// Who holds the field or something below it, the last writer first; kforge's own managers are left out.
std::vector<Holder> foreign_holders(const std::vector<schema::ManagedEntry>& entries, const FieldPath& path);
// The same with kforge's verbs (`kforge-scale`, …), so without what applies the project file.
std::vector<Holder> other_holders(const std::vector<schema::ManagedEntry>& entries, const FieldPath& path);

}  // namespace kforge::deploy
