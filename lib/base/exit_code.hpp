// SPDX-License-Identifier: Apache-2.0
// The process exit code of an error. Public API: the table is docs/exit-codes.md, and a number is never used again for
// anything else.
#pragma once

#include "base/error.hpp"

namespace kforge {

constexpr int exit_code(ErrorKind kind) {
  using enum ErrorKind;
  switch (kind) {
    case internal:
      return 1;
    case changes_pending:
      return 2;
    case project_invalid:
      return 10;
    case not_authenticated:
      return 11;
    case forbidden:
      return 12;
    case unreachable:
      return 13;
    case rejected:
      return 14;
    case not_found:
      return 15;
    case rollout_failed:
      return 20;
    case timed_out:
      return 21;
    case failed_and_rolled_back:
      return 22;
    case hook_failed:
      return 24;
    case lock_held:
      return 30;
    case conflict:
      return 31;
    case guard_refused:
      return 40;
    case usage:
      return 64;
    case interrupted:
      return 130;
    case terminated:
      return 143;
  }
  return 1;
}

}  // namespace kforge
