// SPDX-License-Identifier: Apache-2.0
#include "deploy/live.hpp"

#include "deploy/names.hpp"

namespace kforge::deploy {
void LiveObjects::add(Json object) {
  kube::ObjectRef ref = kube::ref_of(object);
  objects_.insert_or_assign(std::move(ref), std::move(object));
}

const Json* LiveObjects::find(const kube::ObjectRef& ref) const {
  const auto found = objects_.find(ref);
  return found == objects_.end() ? nullptr : &found->second;
}

std::map<Scope, Error> read_visible_scopes(Session& session, const std::set<Scope>& scopes, LiveObjects& into) {
  std::optional<Error> failure;
  std::map<Scope, Error> hidden;
  RequestGroup group(session);
  for (const Scope& scope : scopes)
    group.send(kube::list_request(*scope.first, scope.second, project_selector(session.project().name)),
               [&into, &failure, &hidden, &scope](kube::ApiResult result) {
                 if (result.ok())
                   for (Json& object : kube::items_of(std::move(result.body))) into.add(std::move(object));
                 else if (result.status == 403)
                   hidden.emplace(scope, *result.error);
                 else if (!result.not_found() && !failure)
                   failure = *result.error;
               });
  group.finish("reading the project's objects");
  if (failure) throw *failure;
  return hidden;
}

void read_scopes(Session& session, const std::set<Scope>& scopes, LiveObjects& into) {
  const std::map<Scope, Error> hidden = read_visible_scopes(session, scopes, into);
  if (!hidden.empty()) throw Error(hidden.begin()->second);
}

void read_objects(Session& session, std::vector<Lookup>& lookups, LiveObjects& into) {
  std::optional<Error> failure;
  RequestGroup group(session);
  for (Lookup& lookup : lookups)
    group.send(kube::get_request(*lookup.kind, lookup.ref), [&into, &failure, &lookup](kube::ApiResult result) {
      lookup.forbidden = result.status == 403;
      if (result.ok())
        into.add(std::move(result.body));
      else if (!result.not_found() && !lookup.forbidden && !failure)
        failure = *result.error;
    });
  group.finish("reading the project's objects");
  if (failure) throw *failure;
}

}  // namespace kforge::deploy
