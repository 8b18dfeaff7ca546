// SPDX-License-Identifier: Apache-2.0
// The session behind exec in the simulated runtime: the tiny shell.
#pragma once

#include "sandbox/pods/runtime.hpp"
#include "sandbox/pods/shell.hpp"

#include <memory>

namespace kforge::sandbox {

std::unique_ptr<ExecSession> open_shell(Timers& timers, ShellWorld world, const ExecRequest& request,
                                        ExecListener listener);

}  // namespace kforge::sandbox
