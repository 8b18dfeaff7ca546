// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/session.hpp"
#include "observe/status.hpp"

#include <optional>
#include <string>

namespace kforge::cli {

// "12" and "r12" are 12. Throws Error{usage} for everything else.
int release_number(const std::string& text);
bool is_release_number(const std::string& text);

// The newest release of the project; nothing without one, and for an account that may not see it.
std::optional<observe::LastRelease> last_release(Session& session);

}  // namespace kforge::cli
