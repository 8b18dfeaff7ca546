// SPDX-License-Identifier: Apache-2.0
// Pages and scripts that are one walk over the command table. tests/cli keeps the committed files equal to them.
#pragma once

#include "cli/command_table.hpp"
#include "cli/global_options.hpp"
#include "cli/options.hpp"

#include <string>
#include <vector>

namespace kforge::cli::docgen {

// A command with its rows bound.
struct CommandDoc {
  const CommandSpec* spec = nullptr;
  OptionTable table;
  Action keeps_alive;  // what the rows are bound to

  std::vector<std::string> words() const;  // {"config", "view-connection"}
};
// The commands that the help shows, in its order.
std::vector<CommandDoc> visible_commands();
// The rows of every command; their targets live until exit.
const OptionTable& global_rows();

std::string cli_markdown();         // docs/cli.md
std::string exit_codes_markdown();  // docs/exit-codes.md
std::string man_page();             // docs/kforge.1
std::string bash_completion();      // completions/kforge.bash
std::string zsh_completion();       // completions/_kforge
std::string fish_completion();      // completions/kforge.fish

}  // namespace kforge::cli::docgen
