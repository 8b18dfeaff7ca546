// SPDX-License-Identifier: Apache-2.0
// What can be wrong although every value is well-formed. No cluster is asked; docs/kforge-yaml.md lists the rules.
#pragma once

#include "base/diagnostics.hpp"
#include "project/model.hpp"

namespace kforge::project {

void lint(const Project& project, Diagnostics& problems);

// Its parts, one per subject.
void lint_names(const Project& project, Diagnostics& problems);       // taken names, labels, versions, namespaces
void lint_services(const Project& project, Diagnostics& problems);    // ports, images, scale, rollout, drain, paths
void lint_resources(const Project& project, Diagnostics& problems);   // requests and limits
void lint_references(const Project& project, Diagnostics& problems);  // uses, secrets
void lint_variables(const Project& project, Diagnostics& problems);   // env and secretEnv
void lint_gateway(const Project& project, Diagnostics& problems);     // routes, tokens, keys
void lint_database(const Project& project, Diagnostics& problems);    // databases, roles, storage, settings

}  // namespace kforge::project
