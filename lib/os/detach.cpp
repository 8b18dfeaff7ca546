// SPDX-License-Identifier: Apache-2.0
#include "os/detach.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace kforge {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::internal, what).why(std::strerror(errno));
}

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// The parent's part: passes on what the child says. Leaves without destructors: everything belongs to the child now.
[[noreturn]] void wait_for_child(int descriptor) {
  std::array<char, 4096> buffer{};
  bool told = false;
  for (;;) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    told = true;
    write_all(STDOUT_FILENO, {buffer.data(), static_cast<std::size_t>(got)});
  }
  ::_exit(told ? 0 : 1);
}

void replace_streams(int log) {
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing < 0) fail("cannot open /dev/null");
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close(nothing);
  ::close(log);
}

}  // namespace

Starter::Starter(Starter&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Starter::~Starter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Starter::ready(std::string_view text) {
  write_all(descriptor_, text);
  ::close(std::exchange(descriptor_, -1));
}

Starter go_to_background(const std::string& log) {
  std::array<int, 2> ends{};
  const int log_file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (log_file < 0) fail(fmt::format("cannot open '{}'", log));
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
  const pid_t child = ::fork();
  if (child < 0) fail("cannot start a process");
  if (child > 0) {
    ::close(ends[1]);
    wait_for_child(ends[0]);
  }
  ::close(ends[0]);
  ::setsid();
  if (::chdir("/") != 0) fail("cannot leave the working directory");
  replace_streams(log_file);
  return Starter(ends[1]);
}

}  // namespace kforge
