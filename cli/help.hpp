// SPDX-License-Identifier: Apache-2.0
// Help texts, from the command table and the option rows.
#pragma once

#include "cli/deps.hpp"
#include "cli/parse.hpp"
#include "ui/style.hpp"

#include <string>

namespace kforge::cli {

// Help on what was named: a command, a group such as "config", or kforge itself.
std::string help_text(const Invocation& invocation, const Deps& deps);

std::string overview(const ui::Style& style);
std::string command_help(const CommandSpec& command, const OptionTable& options, const ui::Style& style);
std::string group_help(const std::string& group, const ui::Style& style);

// "kforge up [SERVICE...] [options]"
std::string usage_line(const CommandSpec& command, const OptionTable& options);
// Headings of option groups in the order of their first row.
std::vector<std::string> option_groups(const OptionTable& table);
// "PATH (auto, live or plain)", environment variable and all: the description of a row for people.
std::string full_description(const OptionSpec& spec);

}  // namespace kforge::cli
