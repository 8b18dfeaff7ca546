// SPDX-License-Identifier: Apache-2.0
// --on-failure, the same for `up` and `set image`.
#pragma once

#include "cli/options.hpp"
#include "project/model.hpp"

#include <string>

namespace kforge::cli {

void add_on_failure_option(OptionTable& table, std::string& word);
// The project's word, unless the command line has one.
project::OnFailure on_failure(const std::string& word, const project::Project& project);

}  // namespace kforge::cli
