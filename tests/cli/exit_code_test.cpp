// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

#include "tests/support/catch.hpp"

#include <set>

using namespace kforge;

TEST_CASE("every kind of error has its documented number") {
  const std::vector<std::pair<ErrorKind, int>> public_api = {{ErrorKind::internal, 1},
                                                             {ErrorKind::changes_pending, 2},
                                                             {ErrorKind::project_invalid, 10},
                                                             {ErrorKind::not_authenticated, 11},
                                                             {ErrorKind::forbidden, 12},
                                                             {ErrorKind::unreachable, 13},
                                                             {ErrorKind::rejected, 14},
                                                             {ErrorKind::not_found, 15},
                                                             {ErrorKind::rollout_failed, 20},
                                                             {ErrorKind::timed_out, 21},
                                                             {ErrorKind::failed_and_rolled_back, 22},
                                                             {ErrorKind::hook_failed, 24},
                                                             {ErrorKind::lock_held, 30},
                                                             {ErrorKind::conflict, 31},
                                                             {ErrorKind::guard_refused, 40},
                                                             {ErrorKind::usage, 64},
                                                             {ErrorKind::interrupted, 130},
                                                             {ErrorKind::terminated, 143}};
  std::set<int> numbers{0};
  for (const auto& [kind, number] : public_api) {
    CHECK(exit_code(kind) == number);
    CHECK(cli::find_exit_code(number) != nullptr);
    CHECK(numbers.insert(number).second);
  }
  CHECK(cli::exit_codes().size() == numbers.size());
  CHECK(cli::find_exit_code(3) == nullptr);
}
