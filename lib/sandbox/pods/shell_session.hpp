// SPDX-License-Identifier: Apache-2.0
// Sessions of the simulated runtime: the tiny shell behind exec, a tiny HTTP server behind port-forward.
#pragma once

#include "sandbox/pods/runtime.hpp"
#include "sandbox/pods/shell.hpp"

#include <memory>

namespace kforge::sandbox {

std::unique_ptr<ExecSession> open_shell(Timers& timers, ShellWorld world, const ExecRequest& request,
                                        ExecListener listener);
std::unique_ptr<PortSession> open_port(Timers& timers, const Json& pod, int port, PortListener listener);

}  // namespace kforge::sandbox
