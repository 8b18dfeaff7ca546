// SPDX-License-Identifier: Apache-2.0
// What the exit codes mean; base/exit_code.hpp says which error has which.
#pragma once

#include "base/exit_code.hpp"

#include <span>
#include <string_view>

namespace kforge::cli {

// A row of docs/exit-codes.md and of `kforge --help`.
struct ExitCodeRow {
  int code;
  std::string_view meaning;  // one line
  std::string_view advice;   // what a script or a person does about it
};
// By number, 0 included.
std::span<const ExitCodeRow> exit_codes();
// The row of a number, or nullptr.
const ExitCodeRow* find_exit_code(int code);

}  // namespace kforge::cli
