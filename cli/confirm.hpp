// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/session.hpp"

#include <string>

namespace kforge::cli {

// Asks for a name to be typed before something that cannot be undone. --yes answers for the person. Throws
// Error{guard_refused} naming --yes when nobody can be asked, and when the answer is another one.
void confirm_by_name(Session& session, const std::string& question, const std::string& name);

// Whether there is a person at a terminal.
bool can_ask(Session& session);
// "question? [y/N]": only yes is yes. Needs a person to ask.
bool confirm(Session& session, const std::string& question);

}  // namespace kforge::cli
