// SPDX-License-Identifier: Apache-2.0
#include "cli/tell_error.hpp"

#include "ui/error_text.hpp"
#include "ui/github.hpp"

#include <new>

namespace kforge::cli {

void tell_error(const Deps& deps, const ui::Style& style, const Error& error) {
  deps.terminal.err(ui::error_text(error, style));
  if (deps.environment.has("GITHUB_ACTIONS")) deps.terminal.err(ui::annotations_of(error, deps.environment));
}

Error internal_error(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return {ErrorKind::internal, "out of memory"};
  return Error(ErrorKind::internal, "internal error")
      .why(error.what())
      .hint("this is a bug in kforge: please report it");
}

}  // namespace kforge::cli
