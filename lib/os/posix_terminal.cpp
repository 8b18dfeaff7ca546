// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "os/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace kforge {
namespace {

int descriptor(Stream stream) {
  return stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO;
}

winsize window(Stream stream) {
  winsize size{};
  if (::ioctl(descriptor(stream), TIOCGWINSZ, &size) != 0) return {};
  return size;
}

// A non-blocking stdout (inherited from a parent) may refuse for a moment.
void wait_until_writable(int fd) {
  pollfd entry{fd, POLLOUT, 0};
  ::poll(&entry, 1, -1);
}

}  // namespace

void PosixTerminal::write(Stream stream, std::string_view text) {
  const int fd = descriptor(stream);
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) {
      wait_until_writable(fd);
      continue;
    }
    if (stream == Stream::err) return;  // nobody reads what we would complain about
    if (errno == EPIPE) throw OutputClosed{};
    throw Error(ErrorKind::internal, "cannot write to stdout").why(std::generic_category().message(errno));
  }
}

bool PosixTerminal::is_terminal(Stream stream) const {
  return ::isatty(descriptor(stream)) == 1;
}
bool PosixTerminal::input_is_terminal() const {
  return ::isatty(STDIN_FILENO) == 1;
}
int PosixTerminal::width(Stream stream) const {
  return window(stream).ws_col;
}
int PosixTerminal::height(Stream stream) const {
  return window(stream).ws_row;
}

std::optional<std::string> PosixTerminal::read_line() {
  std::string line;
  for (char c = 0;;) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) throw Error(ErrorKind::interrupted, "interrupted");
    if (got <= 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    line += c;
  }
}

}  // namespace kforge
