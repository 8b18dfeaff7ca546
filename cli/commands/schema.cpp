// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "project/project.hpp"

namespace kforge::cli {

Action bind_schema(OptionTable&) {
  return [](Session& session) {
    session.print_json(project::json_schema());
    return 0;
  };
}

}  // namespace kforge::cli
