// SPDX-License-Identifier: Apache-2.0
// Services as people type them.
#pragma once

#include "project/model.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

// What a project runs: its services and, when it has them, "postgres", "keycloak" and "kong".
std::vector<std::string> service_names(const project::Project& project);

// Full names for what was typed: each an exact name or a unique prefix. Throws Error{not_found} with a did-you-mean, or
// listing the candidates of an ambiguous prefix.
std::vector<std::string> services_named(const project::Project& project, const std::vector<std::string>& typed);

}  // namespace kforge::cli
