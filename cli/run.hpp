// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/deps.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

// The whole of kforge: arguments (without the program's name) in, exit code out. Throws nothing.
int run(const std::vector<std::string>& arguments, const Deps& deps);

}  // namespace kforge::cli
