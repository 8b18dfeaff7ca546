// SPDX-License-Identifier: Apache-2.0
// Which objects and which parts of the cluster a run looks at.
#pragma once

#include "deploy/plan.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace kforge::deploy {

// A change for every rendered object, or with `services` only for theirs and for what those share with others in the
// same stage and namespace (secrets, accounts).
std::vector<Change> selected_changes(const render::Rendered& rendered, const std::vector<std::string>& services);

// Every namespace that the changes name, as objects or as their place.
std::set<std::string> namespaces_of(const std::vector<Change>& changes);

// Whether a CustomResourceDefinition of the run defines the kind.
bool defined_in_run(const std::vector<Change>& changes, const schema::KindName& kind);

// The kinds of the schema table by their ApplySet name ("Deployment.apps"), each in its newest stable version.
const std::map<std::string, schema::KindName>& newest_kinds();

// Where the ApplySet may have members. A record of kforge says it exactly, another one as each of its kinds in each of
// its namespaces.
std::set<Scope> scopes_of(const Extent& extent, const ApplySet& set);

// Adds scopes, but no second one for a kind and namespace that is there in another version.
void add_scopes(std::set<Scope>& scopes, const std::set<Scope>& more);

}  // namespace kforge::deploy
