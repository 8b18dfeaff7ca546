// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/environment.hpp"

#include <string>

namespace kforge::cli {

// Where kforge keeps what outlives a command: $XDG_STATE_HOME/kforge, or ~/.local/state/kforge.
std::string state_folder(const Environment& environment);

}  // namespace kforge::cli
