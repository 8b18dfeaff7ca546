// SPDX-License-Identifier: Apache-2.0
// ControllerRevisions: the templates that a StatefulSet or DaemonSet had (pkg/controller/history).
#pragma once

#include "sandbox/controllers/toolkit.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

constexpr const char* revision_label = "controller-revision-hash";

// The owner's revisions, oldest first.
std::vector<ObjectPtr> revisions_of(const Kit& kit, const Json& owner);
// The revision of the owner's template as it is now: an equal one is used again and gets the newest number, as after a
// rollback. Null when it could not be written.
ObjectPtr current_revision(const Kit& kit, const Json& owner);
// The owner's spec.template as a revision has it.
Json template_of(const Json& revision);
// Keeps the newest `limit` revisions besides those in use (by name).
void trim_revisions(const Kit& kit, const Json& owner, const std::vector<std::string>& in_use, std::int64_t limit);
// What pods of a revision carry as their controller-revision-hash.
std::string revision_hash(const Json& revision, const Json& owner);

}  // namespace kforge::sandbox
