// SPDX-License-Identifier: Apache-2.0
#include "os/signals.hpp"

#include "base/error.hpp"
#include "tests/support/catch.hpp"

#include <poll.h>
#include <signal.h>

using namespace kforge;

namespace {

struct Arrived final : SignalSource {
  explicit Arrived(int number) : number_(number) {}
  int poll_fd() const override { return -1; }
  int pending() const override { return number_; }

 private:
  int number_;
};

ErrorKind thrown_for(int number) {
  try {
    throw_if_signalled(Arrived(number));
  } catch (const Error& error) {
    return error.kind;
  }
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("SIGINT and SIGTERM become errors of their own kinds") {
  CHECK(thrown_for(SIGINT) == ErrorKind::interrupted);
  CHECK(thrown_for(SIGTERM) == ErrorKind::terminated);
  CHECK_NOTHROW(throw_if_signalled(Arrived(0)));
}

TEST_CASE("a signal makes the pipe readable and the next one kills") {
  const SignalPipe pipe;
  pollfd entry{pipe.poll_fd(), POLLIN, 0};
  CHECK(::poll(&entry, 1, 0) == 0);
  ::raise(SIGTERM);
  CHECK(::poll(&entry, 1, 0) == 1);
  CHECK(pipe.pending() == SIGTERM);
  struct sigaction now {};
  ::sigaction(SIGTERM, nullptr, &now);
  CHECK(now.sa_handler == SIG_DFL);
}
