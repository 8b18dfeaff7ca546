// SPDX-License-Identifier: Apache-2.0
// --no-lock and --lock-wait, the same for every command that writes.
#pragma once

#include "cli/options.hpp"
#include "deploy/deploy.hpp"
#include "deploy/lock.hpp"

#include <string>

namespace kforge::cli {

struct LockChoice {
  bool no_lock = false;
  std::string wait;
};
void add_lock_options(OptionTable& table, LockChoice& choice);
// Throws Error{usage} when the time is none.
deploy::LockOptions lock_options(const LockChoice& choice);

}  // namespace kforge::cli
