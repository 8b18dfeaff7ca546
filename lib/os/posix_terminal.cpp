// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "os/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
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

bool has_gone(int fd) {
  pollfd entry{fd, 0, 0};
  return ::poll(&entry, 1, 0) == 1 && (entry.revents & (POLLERR | POLLHUP)) != 0;
}

[[noreturn]] void throw_write_error(int code) {
  if (code == EPIPE) throw OutputClosed{};
  throw Error(ErrorKind::internal, "cannot write to stdout").why(std::generic_category().message(code));
}

}  // namespace

void reserve_standard_streams() {
  // In order, as open() gives the lowest free number. Writing to one that is open for reading fails with EBADF.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) [[maybe_unused]]
      const int reserved = ::open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

PosixTerminal::~PosixTerminal() {
  if (own_fd_ >= 0) ::close(own_fd_);
}

// O_NONBLOCK belongs to the open file, which other processes share: a pipe or terminal is opened a second time for it.
void PosixTerminal::find_output() {
  struct stat status {};
  const bool known = ::fstat(STDOUT_FILENO, &status) == 0;
  output_ = Output::plain;
  const bool writable = (::fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) != O_RDONLY;
  if (!known || !writable || S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))
    return;  // files never make anybody wait
  output_ = Output::shared;
  if (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode)) return;
  own_fd_ = ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own_fd_ >= 0) output_ = Output::own;
}

int PosixTerminal::output_fd() {
  if (output_ == Output::unknown) find_output();
  return output_ == Output::plain ? -1 : output_ == Output::own ? own_fd_ : STDOUT_FILENO;
}

std::size_t PosixTerminal::write_some(std::string_view text) {
  const int fd = output_fd();
  if (output_ == Output::plain) {
    write(Stream::out, text);
    return text.size();
  }
  if (text.empty() && has_gone(fd)) throw OutputClosed{};
  for (std::size_t done = 0;;) {
    if (done == text.size()) return done;
    std::size_t count = text.size() - done;
    if (output_ == Output::shared) {
      // A descriptor that blocks takes this much without waiting once it takes anything (pipe(7)).
      pollfd entry{fd, POLLOUT, 0};
      if (::poll(&entry, 1, 0) != 1) return done;
      count = std::min<std::size_t>(count, PIPE_BUF);
    }
    const ssize_t written = ::write(fd, text.data() + done, count);
    if (written >= 0)
      done += static_cast<std::size_t>(written);
    else if (errno == EAGAIN)
      return done;
    else if (errno != EINTR)
      throw_write_error(errno);
  }
}

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
    throw_write_error(errno);
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
