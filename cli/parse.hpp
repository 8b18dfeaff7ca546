// SPDX-License-Identifier: Apache-2.0
// Command line and KFORGE_ variables -> which command with which values. The only user of CLI11.
#pragma once

#include "cli/command_table.hpp"
#include "cli/global_options.hpp"
#include "os/environment.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

struct Invocation {
  const CommandSpec* command = nullptr;  // null when none was named
  std::string group;                     // "config" when only the first word of a command was given
  GlobalOptions globals;
  OptionTable options;  // of the command
  Action action;        // of the command

  Invocation() = default;
  Invocation(const Invocation&) = delete;  // option rows point into `globals`
  Invocation& operator=(const Invocation&) = delete;
};

// Fills `invocation`: variables first, flags over them. Throws Error{usage} with a did-you-mean. When --help or
// --version is given, mistakes in the rest do not matter.
void parse(const std::vector<std::string>& arguments, const Environment& environment, Invocation& invocation);

// Whether JSON was asked for, as far as that can be told from a command line that may be wrong.
bool asks_for_json(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace kforge::cli
