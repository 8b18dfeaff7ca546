// SPDX-License-Identifier: Apache-2.0
// Credential plugins of client.authentication.k8s.io: running one and reading what it prints (api-client §2).
#pragma once

#include "base/duration.hpp"
#include "kube/kubeconfig.hpp"
#include "os/process_runner.hpp"

#include <optional>
#include <string>

namespace kforge::kube {

struct ExecCredential {
  std::optional<Secret> token;
  std::optional<std::string> certificate_pem;
  std::optional<Secret> key_pem;
  std::optional<WallTime> expiry;
};

struct ExecRun {
  const ExecPlugin& plugin;
  const Environment& environment;  // of kforge; the plugin inherits it
  bool input_is_terminal = false;
};

// The process to start; throws Error{not_authenticated} when the plugin needs a terminal and there is none.
ProcessRequest exec_request(const ExecRun& run);
// Runs it. Throws Error{not_authenticated} with its exit code and install hint, never with its output or arguments.
ExecCredential run_exec_plugin(const ExecRun& run, ProcessRunner& processes);

}  // namespace kforge::kube
