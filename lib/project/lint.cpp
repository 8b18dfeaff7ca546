// SPDX-License-Identifier: Apache-2.0
#include "project/lint.hpp"

namespace kforge::project {

void lint(const Project& project, Diagnostics& problems) {
  for (const auto& part :
       {lint_names, lint_services, lint_resources, lint_references, lint_variables, lint_gateway, lint_database})
    part(project, problems);
}

}  // namespace kforge::project
