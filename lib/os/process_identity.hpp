// SPDX-License-Identifier: Apache-2.0
// A name for a process that no other process of any machine has, and that tells later whether it still runs.
#pragma once

#include <string>

namespace kforge {

std::string host_name();
// The account that this process acts as, by the password database; empty for a number without a name.
std::string user_name();

// "<boot>/<pid namespace>/<pid>/<start time>"; empty when the system does not tell.
std::string own_process();

// Whether the process of that text ran on this machine, since its last boot and in this pid namespace, and runs no
// more. False whenever that is not certain.
bool process_has_ended(const std::string& process);

}  // namespace kforge
