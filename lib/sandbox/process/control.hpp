// SPDX-License-Identifier: Apache-2.0
// What other processes do to a sandbox.
#pragma once

#include "sandbox/process/home.hpp"

namespace kforge::sandbox {

// Asks the serving process to end and waits until it has; one that does not within ten seconds is killed. False when
// nothing was running.
bool stop(const Home& home);

// Bytes of memory that a process occupies; 0 when it is gone.
std::size_t resident_memory(int pid);

}  // namespace kforge::sandbox
