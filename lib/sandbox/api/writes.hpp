// SPDX-License-Identifier: Apache-2.0
// The way of an object into the store: server-owned metadata, defaults, admission, validation, managed fields.
#pragma once

#include "sandbox/api/api.hpp"
#include "schema/merge.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

// What one write needs from around it.
struct WriteScope {
  Store& store;
  Timers& timers;
  const Resource& resource;
  const Caller& caller;
  std::string subresource;
  bool dry_run = false;
  std::vector<std::string> warnings;

  schema::Writer writer() const { return {caller.field_manager, subresource, timers.wall_time()}; }
};

enum class FieldOwners { track, as_given };  // as_given: server-side apply has worked them out already

// Stores a new object, or only answers what it would be. Throws Refusal.
Json write_new(WriteScope& scope, Json object, FieldOwners owners);
// Stores the next state of an object, deletes it when its last finalizer went, or leaves it when nothing changed.
Json write_next(WriteScope& scope, const Json& before, Json after, FieldOwners owners);

// An update that names another uid than the object's is about an object of the past. A patch is told otherwise: by the
// validation of write_next().
void check_uid(const Resource& resource, const Json& before, const Json& after);

// `after` with what the subresource may change and everything else as it was: status keeps spec, the main resource
// keeps status.
Json keep_other_half(const Resource& resource, const std::string& subresource, const Json& before, Json after);

}  // namespace kforge::sandbox
