// SPDX-License-Identifier: Apache-2.0
// Running a command in a container: the channels of v5.channel.k8s.io (api-client §7.2).
#pragma once

#include "stream/web_socket.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "os/signals.hpp"
#include "os/terminal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::stream {

enum class Input { none, piped, terminal };  // terminal: the remote side gets one too

struct RemoteCommand {
  std::string name_space, pod, container;
  std::vector<std::string> command;
  Input input = Input::none;
};
// "/api/v1/namespaces/backend/pods/x/exec?container=…&command=…"
std::string exec_path(const RemoteCommand& command);

// The exit code that the Status on the error channel tells. Throws Error when it tells of something else than an end.
int exit_code_of(const Json& status);

// "{"Width":120,"Height":40}" of the error-free kind that servers want.
std::string resize_message(int columns, int rows);

// Runs it: stdin, stdout and stderr are ours, a terminal is raw meanwhile. Returns the remote exit code. Throws Error,
// Error{interrupted|terminated} on a signal, and what `terminal` throws.
struct LocalSide {
  kube::Client& client;
  Terminal& terminal;
  const SignalSource& signals;
};
int run_remote(const LocalSide& local, const RemoteCommand& command);

}  // namespace kforge::stream
