// SPDX-License-Identifier: Apache-2.0
// The tiny shell of simulated containers: what people type to look around (env, cat of mounted files, curl of a
// Service), with quotes, $NAME, ;, && and ||.
#pragma once

#include "base/json.hpp"
#include "sandbox/store.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kforge::sandbox {

struct ShellWorld {
  const Store& store;
  Json pod, container;
  std::vector<std::pair<std::string, std::string>> env;
};

struct ShellResult {
  std::string out, err;
  int exit_code = 0;
};

// Empty when there is no such program.
std::optional<ShellResult> run_program(const ShellWorld& world, const std::vector<std::string>& words);
// One line of shell input.
ShellResult run_shell_line(const ShellWorld& world, const std::string& line);
// True for a program that reads commands: sh, bash, ash.
bool is_shell(const std::string& program);

}  // namespace kforge::sandbox
