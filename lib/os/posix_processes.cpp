// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "os/process_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace kforge {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorKind::internal, "cannot make a pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t index) {
    if (ends[index] >= 0) ::close(ends[index]);
    ends[index] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

// argv or envp: pointers into strings that outlive it, ended by a null pointer.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

int spawn(const ProcessRequest& request, int output, pid_t& child) {
  std::vector<std::string> arguments{request.command}, environment;
  arguments.insert(arguments.end(), request.arguments.begin(), request.arguments.end());
  for (const auto& [name, value] : request.environment) environment.push_back(name + "=" + value);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (!request.give_terminal) ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);  // we ignore it; the child should not inherit that
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int failure = ::posix_spawnp(&child, request.command.c_str(), &actions, &attributes, pointers(arguments).data(),
                                     pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return failure;
}

// Readable when the child has ended (Linux 5.3), so that one poll covers a child that closed its stdout and went on.
struct EndOfChild {
  explicit EndOfChild(pid_t child) : fd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0))) {}
  ~EndOfChild() {
    if (fd >= 0) ::close(fd);
  }
  EndOfChild(const EndOfChild&) = delete;
  EndOfChild& operator=(const EndOfChild&) = delete;
  int fd;
};

int remaining(const ProcessRequest& request, SteadyClock::time_point start) {
  if (request.timeout.count() == 0) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(start + request.timeout - SteadyClock::now());
  return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

// False when the time is up.
bool wait_readable(const ProcessRequest& request, SteadyClock::time_point start, int fd) {
  for (;;) {
    pollfd entry{fd, POLLIN, 0};
    const int ready = ::poll(&entry, 1, remaining(request, start));
    if (ready >= 0 || errno != EINTR) return ready != 0;
  }
}

// Reads until end of file, then waits for the end of the child; says how it ended early, if it did.
ProcessResult::End follow(const ProcessRequest& request, int output_fd, pid_t child, std::string& output) {
  const auto start = SteadyClock::now();
  const EndOfChild end(child);
  std::array<char, 4096> buffer{};
  while (wait_readable(request, start, output_fd)) {
    const ssize_t got = ::read(output_fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return wait_readable(request, start, end.fd) ? ProcessResult::End::exited : ProcessResult::End::timed_out;
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > request.max_output) return ProcessResult::End::too_much_output;
  }
  return ProcessResult::End::timed_out;
}

}  // namespace

ProcessResult PosixProcesses::run(const ProcessRequest& request) {
  Pipe output;
  pid_t child = 0;
  ProcessResult result;
  if (const int failure = spawn(request, output.ends[1], child); failure != 0) {
    result.end = failure == ENOENT ? ProcessResult::End::not_found : ProcessResult::End::failed_to_start;
    result.code = failure;
    return result;
  }
  output.close_end(1);
  result.end = follow(request, output.ends[0], child, result.output);
  if (result.end != ProcessResult::End::exited) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (result.end != ProcessResult::End::exited) return result;
  if (WIFSIGNALED(status)) result.end = ProcessResult::End::signalled;
  result.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

}  // namespace kforge
