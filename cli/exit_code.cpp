// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_code.hpp"

#include <algorithm>
#include <array>

namespace kforge::cli {
namespace {

constexpr std::array<ExitCodeRow, 19> rows{{
    {0, "done, or nothing to do", "go on"},
    {1, "internal error", "report it: this is a bug in kforge"},
    {2, "changes are pending (only with `plan --exit-code`)", "run `kforge up` to apply them"},
    {10, "the project file is invalid", "mend kforge.yaml where the message points"},
    {11, "not authenticated", "log in again, or renew the token or certificate of the kubeconfig user"},
    {12, "forbidden", "ask an administrator for the right that the message names"},
    {13, "the cluster is unreachable, or the kubeconfig is unusable",
     "check `kforge config view-connection`, the network and the VPN"},
    {14, "rejected by the API server (invalid object, admission, quota)", "mend what the server's message names"},
    {15, "no such service, revision, key or object", "check the name"},
    {20, "a rollout failed", "read the cause in the report, mend it and run `kforge up` again"},
    {21, "a rollout did not finish in time", "read what it waited for; allow more with --timeout"},
    {22, "a rollout failed and the previous release was restored", "mend the cause and run `kforge up` again"},
    {24, "a hook or migration Job failed", "read its log in the report"},
    {30, "another deploy holds the lock", "wait until it has finished"},
    {31, "a field belongs to another manager, or a saved plan is stale",
     "take the field out of kforge.yaml, or take it over with --force-conflicts"},
    {40, "a safety guard refused (deletion, wrong cluster, missing confirmation)",
     "check what the message says, then pass the flag that it names"},
    {64, "wrong usage of the command line", "see `kforge COMMAND --help`"},
    {130, "interrupted (SIGINT, Ctrl-C)", "run the same command again: it goes on where it stopped"},
    {143, "terminated (SIGTERM)", "run the same command again: it goes on where it stopped"},
}};

}  // namespace

std::span<const ExitCodeRow> exit_codes() {
  return rows;
}

const ExitCodeRow* find_exit_code(int code) {
  const auto found = std::ranges::find(rows, code, &ExitCodeRow::code);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace kforge::cli
