// SPDX-License-Identifier: Apache-2.0
// The project's objects as they stand in the cluster before a run.
#pragma once

#include "deploy/session.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace kforge::deploy {

class LiveObjects {
 public:
  void add(Json object);
  // Owned by this; stays where it is.
  const Json* find(const kube::ObjectRef& ref) const;
  auto begin() const { return objects_.begin(); }
  auto end() const { return objects_.end(); }

 private:
  std::map<kube::ObjectRef, Json> objects_;
};

// A kind in a namespace; empty namespace for cluster scope.
using Scope = std::pair<const schema::Kind*, std::string>;

// Adds what the project has in the scopes: one LIST each, all in flight together. A kind that the cluster does not
// serve has no objects. Throws Error{forbidden} and the like, naming the kind and the namespace.
void read_scopes(Session& session, const std::set<Scope>& scopes, LiveObjects& into);
// The same, but what the account may not see is left out and returned with the reason.
std::map<Scope, Error> read_visible_scopes(Session& session, const std::set<Scope>& scopes, LiveObjects& into);

// How the GETs of single objects ended.
struct Lookup {
  kube::ObjectRef ref;
  const schema::Kind* kind = nullptr;
  bool forbidden = false;  // out: the account may not read it
};
// Adds the objects that exist; those that the account may not read are marked.
void read_objects(Session& session, std::vector<Lookup>& lookups, LiveObjects& into);

}  // namespace kforge::deploy
