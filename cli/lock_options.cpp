// SPDX-License-Identifier: Apache-2.0
#include "cli/lock_options.hpp"

#include "base/duration.hpp"

#include <fmt/format.h>

namespace kforge::cli {

void add_lock_options(OptionTable& table, LockChoice& choice) {
  table.option({.names = "--lock-wait",
                .value = "TIME",
                .description = "how long to wait while somebody else deploys, such as 10m; default: not at all",
                .target = &choice.wait});
  table.option({.names = "--no-lock",
                .value = "",
                .description = "work without the deploy lock, for accounts that may not use Leases",
                .target = &choice.no_lock});
}

deploy::LockOptions lock_options(const LockChoice& choice) {
  deploy::LockOptions options{.use = !choice.no_lock, .wait = {}};
  if (choice.wait.empty()) return options;
  const std::optional<Milliseconds> wait = parse_duration(choice.wait);
  if (!wait)
    throw Error(ErrorKind::usage, fmt::format("--lock-wait '{}' is no length of time", choice.wait))
        .hint("write it like 90s or 10m");
  options.wait = *wait;
  return options;
}

}  // namespace kforge::cli
