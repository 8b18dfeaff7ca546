// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kforge::cli {

// "12" and "r12" are 12. Throws Error{usage} for everything else.
int release_number(const std::string& text);
bool is_release_number(const std::string& text);

}  // namespace kforge::cli
