// SPDX-License-Identifier: Apache-2.0
#include "os/signals.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace kforge {
namespace {

// Signal handlers have no context argument: the one pipe of the process lives here.
std::atomic<int> write_end{-1};
std::atomic<int> arrived{0};
int read_end = -1;

void on_signal(int number) {
  const int saved = errno;
  if (number != SIGWINCH) arrived = number;
  const char byte = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(write_end, &byte, 1);
  errno = saved;
}

void handle(int number, int flags) {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = flags;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

SignalPipe::SignalPipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Error(ErrorKind::internal, "cannot make a pipe for signals");
  read_end = ends[0];
  write_end = ends[1];
  handle(SIGINT, SA_RESETHAND);
  handle(SIGTERM, SA_RESETHAND);
  handle(SIGWINCH, SA_RESTART);
  ::signal(SIGPIPE, SIG_IGN);
}

SignalPipe::~SignalPipe() {
  for (const int number : {SIGINT, SIGTERM, SIGWINCH}) ::signal(number, SIG_DFL);
  ::close(read_end);
  ::close(write_end.exchange(-1));
}

int SignalPipe::poll_fd() const {
  return read_end;
}
int SignalPipe::pending() const {
  return arrived;
}

void throw_if_signalled(const SignalSource& signals) {
  switch (signals.pending()) {
    case 0:
      return;
    case SIGTERM:
      throw Error(ErrorKind::terminated, "terminated");
    default:
      throw Error(ErrorKind::interrupted, "interrupted");
  }
}

}  // namespace kforge
