// SPDX-License-Identifier: Apache-2.0
// Objects that came from `kubectl apply`: what its client-side apply owns becomes kforge's at first contact, so that
// fields which kforge.yaml leaves out go away, as they would with kubectl (client-go util/csaupgrade; deploy-engine
// §4.3).
#pragma once

#include "kube/client.hpp"

#include <set>
#include <string>

namespace kforge::deploy {

// Managers whose client-side apply made the object, for one that kforge has never applied; empty otherwise. Once
// kforge has applied an object, whatever kubectl changes on it is a change by somebody else.
std::set<std::string> client_side_appliers(const Json& live);

// The object with their fields under kforge's own name, as the migration leaves it.
Json migrated(const Json& live);

// Changes owners alone, and only of exactly this version of the object: 409 when it has changed since.
kube::ApiRequest migration_request(const schema::Kind& kind, const Json& live);

// What applying the intent after the migration makes of `outcome`, the server's answer to applying it without: fields
// that only client-side apply owned are gone.
Json outcome_after_migration(const schema::Kind* kind, const Json& live, const Json& intent, const Json& outcome);

}  // namespace kforge::deploy
