// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/control.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>

namespace kforge::sandbox {
namespace {

constexpr int patience_ms = 10'000;

// Whether the process behind a pidfd ended in time.
bool ends_within(int process, int milliseconds) {
  pollfd entry{process, POLLIN, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, milliseconds);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace

bool stop(const Home& home) {
  const auto running = serving(home);
  if (!running) return false;
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, running->pid, 0));
  if (process < 0) return true;  // it has just ended by itself
  ::kill(running->pid, SIGTERM);
  if (!ends_within(process, patience_ms)) {
    ::kill(running->pid, SIGKILL);
    ends_within(process, patience_ms);
  }
  ::close(process);
  return true;
}

std::size_t resident_memory(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::size_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace kforge::sandbox
