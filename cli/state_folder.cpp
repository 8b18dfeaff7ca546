// SPDX-License-Identifier: Apache-2.0
#include "cli/state_folder.hpp"

namespace kforge::cli {

std::string state_folder(const Environment& environment) {
  const std::string state = environment.get_or("XDG_STATE_HOME", "");
  const std::string base =
      state.starts_with('/') ? state : environment.get_or("HOME", environment.working_directory) + "/.local/state";
  return base + "/kforge";
}

}  // namespace kforge::cli
