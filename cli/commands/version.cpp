// SPDX-License-Identifier: Apache-2.0
#include "cli/version.hpp"

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"

#include <string>

namespace kforge::cli {

Action bind_version(OptionTable&) {
  return [](Session& session) {
    if (session.json())
      session.print_json({{"version", version()}});
    else
      session.print("kforge " + std::string(version()) + "\n");
    return 0;
  };
}

}  // namespace kforge::cli
