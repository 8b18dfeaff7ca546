// SPDX-License-Identifier: Apache-2.0
// Server-side apply as an API server does it (structured-merge-diff v4, apimachinery managedfields): merging an applied
// configuration into a live object, and keeping account of who owns which field. Pure: defaulting, admission and
// storage are the caller's. Objects are taken as they are, without conversion between versions of a kind.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "schema/field_set.hpp"
#include "schema/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kforge::schema {

// --- differences
// ---------------------------------------------------------------------------------------------------------

// What changed from one object to another: leaves, map keys and list items, lists aligned by their keys.
struct Comparison {
  FieldSet removed, modified, added;
  bool same() const { return removed.empty() && modified.empty() && added.empty(); }
};
// Both objects are of `kind` (null: a custom resource).
Comparison set_diff(const Kind* kind, const Json& from, const Json& to);

// --- managed fields
// ------------------------------------------------------------------------------------------------------

enum class Operation { apply, update };

// One entry of metadata.managedFields. Manager, operation and subresource identify it, for updates the version as well.
struct ManagedEntry {
  std::string manager;
  Operation operation = Operation::update;
  std::string api_version;
  std::string subresource;  // empty for the main resource
  std::string time;         // RFC 3339, as stored
  FieldSet fields;
};
// The entries of an object; empty when one of them cannot be read, as the server then starts anew.
std::vector<ManagedEntry> managed_fields_of(const Json& object);
// In the server's order: appliers first, then by time, manager, version and subresource.
Json to_managed_fields(std::vector<ManagedEntry> entries);

// --- writes
// --------------------------------------------------------------------------------------------------------------

// Who writes, and through which subresource.
struct Writer {
  std::string manager;
  std::string subresource;
  WallTime now;
};

// A field that the configuration would change although another manager owns it.
struct Conflict {
  std::string path;    // ".spec.template.spec.containers[name="app"].image"
  std::string holder;  // "kubectl" with subresource "scale" using apps/v1
};

struct Applied {
  Json object;                      // the merged object with its managedFields and constant fields, not yet defaulted
  std::vector<Conflict> conflicts;  // without force; when there are any, `object` is the live one
  std::vector<std::string>
      invalid;  // why the configuration does not fit the schema: ".spec.replicas: expected numeric …"
};

enum class Force { no, yes };

// Applies a configuration to a live object, or to null when it does not exist yet. The configuration must not carry
// managedFields.
Applied apply(const Kind* kind, const Json& live, const Json& configuration, const Writer& writer, Force force);

// The message of the server's 409 Status: "Apply failed with 1 conflict: conflict with …".
std::string conflict_message(const std::vector<Conflict>& conflicts);
// The message of the server's Status for Applied::invalid: "failed to create typed patch object (…): …".
std::string invalid_message(const Json& configuration, const std::vector<std::string>& problems);

// `updated` with its constant fields and the managedFields that a create (live is null), update or patch by `writer`
// leaves. `updated` has its defaults, but not yet what storage allocates (clusterIP) and admission adds, which nobody
// owns; its own managedFields count when they are there ([] forgets all owners).
Json track_update(const Kind* kind, const Json& live, Json updated, const Writer& writer);

// The object with the fields that the API server's own encoding always writes, such as "strategy": {} and "status": {}:
// a create owns only what differs from them. Null lists and maps are left out.
Json with_constant_fields(const Kind& kind, Json object);

}  // namespace kforge::schema
