// SPDX-License-Identifier: Apache-2.0
// The Lease that is the deploy lock of a project, as it is written and read. Layout: deploy-engine §7.
#pragma once

#include "base/duration.hpp"
#include "deploy/applyset.hpp"

#include <optional>
#include <string>

namespace kforge::deploy {

// What somebody who meets the lock gets to know.
struct LockNote {
  std::string operation;  // "up", "rollback", "manual"
  std::string by;         // "ci@runner-7"
  std::string message, url, revision;
  std::string process;  // where the holder runs, for has_ended()
};

struct LockRecord {
  std::string resource_version;  // empty: there is no Lease
  std::string holder;            // empty: free
  LockNote note;
  std::optional<WallTime> acquired, renewed;
  std::int64_t duration_seconds = 0, transitions = 0;

  bool exists() const { return !resource_version.empty(); }
  bool is_free() const { return holder.empty(); }
  // Held by a person until somebody unlocks it.
  bool is_manual() const { return !is_free() && note.operation == manual; }
  static constexpr const char* manual = "manual";
};

kube::ObjectRef lock_lease(const ApplySet& set);
// Of a live Lease; a null value gives a record that does not exist.
LockRecord lock_record_of(const Json& lease);
Json lock_manifest(const ApplySet& set, const LockRecord& record);

// "ci@runner-7 runs `up` (release 13)", "anna@laptop locked it by hand"
std::string describe_holder(const LockRecord& record);
// Everything else that is known, a fact per line.
std::string describe_lock(const LockRecord& record, WallTime now);

}  // namespace kforge::deploy
