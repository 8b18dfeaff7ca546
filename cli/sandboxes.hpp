// SPDX-License-Identifier: Apache-2.0
// Which sandbox a command means, and starting it.
#pragma once

#include "cli/session.hpp"
#include "sandbox/process/home.hpp"

#include <string>

namespace kforge::cli {

// The sandbox named so; without a name that of the project, or "default" outside of one. Throws Error{usage} for a name
// that cannot be a folder.
sandbox::Home sandbox_home(Session& session, const std::string& name);

struct StartedSandbox {
  sandbox::Serving serving;
  bool new_process = false;  // false: it was running already
};
// Starts it in the background unless it runs. Throws Error{internal} with the log's last line when it does not come up.
StartedSandbox start_sandbox(const Deps& deps, const sandbox::Home& home, const std::string& speed = {});

// Whether the command is for the sandbox: --sandbox was typed, or KFORGE_SANDBOX is set and no flag names a cluster.
bool is_for_sandbox(const GlobalOptions& globals);

// The connection flags of --sandbox: its kubeconfig instead of any other. Starts it and says so when it does not run.
// Throws Error{usage} when a flag names another cluster.
kube::ConnectionFlags sandbox_connection(Session& session, const GlobalOptions& globals);

}  // namespace kforge::cli
