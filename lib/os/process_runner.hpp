// SPDX-License-Identifier: Apache-2.0
// Seam: child processes. Only the kubeconfig's exec plugin (and `node` for a PM2 import that asked for it) is ever run.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kforge {

struct ProcessRequest {
  std::string command;  // looked up in PATH unless it contains a slash
  std::vector<std::string> arguments;
  std::map<std::string, std::string, std::less<>> environment;  // the whole environment of the child
  bool give_terminal = false;                                   // child's stdin is ours; otherwise /dev/null
  std::chrono::milliseconds timeout{60'000};                    // killed afterwards; zero waits for ever
  std::size_t max_output = 1 << 20;                             // bytes of stdout kept; more is an error
};

struct ProcessResult {
  enum class End { exited, signalled, timed_out, not_found, failed_to_start, too_much_output };
  End end = End::exited;
  int code = 0;        // exit code, signal number or errno, by `end`
  std::string output;  // stdout; stderr is inherited
};

struct ProcessRunner {
  virtual ~ProcessRunner() = default;
  virtual ProcessResult run(const ProcessRequest& request) = 0;
};

struct PosixProcesses final : ProcessRunner {
  ProcessResult run(const ProcessRequest& request) override;
};

}  // namespace kforge
