// SPDX-License-Identifier: Apache-2.0
// The parent Secret of a project's ApplySet (KEP-3659): which kinds in which namespaces hold members. It is widened
// before a run writes and narrowed after the run, so that a crash never loses a member.
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"
#include "deploy/owners.hpp"
#include "kube/object.hpp"
#include "project/model.hpp"

#include <set>
#include <string>
#include <vector>

namespace kforge::deploy {

struct ApplySet {
  std::string project, name, name_space, id;
  Membership membership() const { return {project, id}; }
  kube::ObjectRef parent() const;
};
ApplySet applyset_of(const project::Project& project);

// What the parent's annotations say.
struct Extent {
  std::set<std::string> group_kinds;    // "Deployment.apps", "Secret"
  std::set<std::string> namespaces;     // without the parent's own
  std::set<std::string> places;         // "Deployment.apps/backend", "ClusterRole.rbac.authorization.k8s.io/"
  std::set<std::string> finished_jobs;  // "database/postgres-provision-1a2b3c4d": done, perhaps removed by their TTL
  void add(const kube::ObjectRef& object, const ApplySet& set);
  void unite(const Extent& other);
  bool operator==(const Extent&) const = default;
};
// Of a live parent; empty for a null value.
Extent extent_of(const Json& parent);

// The parent as it is sent, with manager `kforge-applyset`.
Json parent_manifest(const ApplySet& set, const Extent& extent);

// Throws Error{guard_refused} when a live parent belongs to another tool or to another set.
void check_parent(const Json& parent, const ApplySet& set);

}  // namespace kforge::deploy
