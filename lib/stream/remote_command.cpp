// SPDX-License-Identifier: Apache-2.0
#include "stream/remote_command.hpp"

#include "stream/wake.hpp"

#include "base/text.hpp"
#include "kube/redact.hpp"
#include "os/raw_mode.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <exception>

namespace kforge::stream {
namespace {

enum Number : unsigned char {
  stdin_channel = 0,
  stdout_channel = 1,
  stderr_channel = 2,
  error_channel = 3,
  resize_channel = 4,
  close_channel = 255
};

constexpr std::string_view with_close = "v5.channel.k8s.io", without_close = "v4.channel.k8s.io";
constexpr std::size_t piece = std::size_t{32} << 10;

// One command from its request to its end.
class RemoteRun {
 public:
  RemoteRun(const LocalSide& local, const RemoteCommand& command)
      : local_(local), command_(command), input_(io_, STDIN_FILENO), signal_(io_, local.signals.poll_fd()) {}

  int run() {
    asio::co_spawn(io_, converse(), [this](const std::exception_ptr& error) { finish(error); });
    asio::co_spawn(io_, obey_signals(), [this](const std::exception_ptr& error) {
      if (error) finish(error);
    });
    io_.run();
    if (failure_) std::rethrow_exception(failure_);
    return exit_code_;
  }

 private:
  Task<void> converse();
  Task<void> receive();
  Task<void> feed();
  Task<void> obey_signals();
  Task<void> resize();
  void take(std::string_view message);
  int conclude() const;
  void finish(const std::exception_ptr& error);

  const LocalSide& local_;
  const RemoteCommand& command_;
  asio::io_context io_{1};
  Wake input_, signal_;
  std::unique_ptr<WebSocket> socket_;
  std::optional<RawMode> raw_;
  std::string status_;  // what came on the error channel
  std::exception_ptr failure_;
  int exit_code_ = 0;
  bool finished_ = false;
};

// The first end counts; everything else that is under way is cut off.
void RemoteRun::finish(const std::exception_ptr& error) {
  if (finished_) return;
  finished_ = true;
  failure_ = error;
  raw_.reset();
  input_.stop();
  signal_.stop();
  if (socket_) socket_->abort();
}

Task<void> RemoteRun::converse() {
  std::vector<std::string> protocols{std::string(with_close), std::string(without_close)};
  std::string path = exec_path(command_);
  socket_ = co_await WebSocket::open(local_.client, std::move(path), std::move(protocols));
  if (finished_) co_return;
  if (command_.input == Input::piped && socket_->protocol() == without_close)
    throw Error(ErrorKind::unreachable, "this cluster cannot tell a command that its input has ended")
        .why("it speaks " + socket_->protocol() + " only, as Kubernetes before 1.30 does")
        .hint("leave out -i, or use -it at a terminal");
  if (command_.input == Input::terminal) {
    raw_.emplace();
    co_await resize();
  }
  if (command_.input != Input::none)
    asio::co_spawn(io_, feed(), [this](const std::exception_ptr& error) {
      if (error) finish(error);
    });
  co_await receive();
  exit_code_ = conclude();
}

Task<void> RemoteRun::receive() {
  try {
    std::string_view message;
    for (;;) {
      const bool more = co_await socket_->read(message);
      if (!more) co_return;
      take(message);
    }
  } catch (const Error&) {
    if (status_.empty()) throw;  // with a status the command has ended, whatever became of the connection
  }
}

void RemoteRun::take(std::string_view message) {
  const std::string_view bytes = message.substr(1);
  switch (static_cast<unsigned char>(message[0])) {
    case stdout_channel:
      return local_.terminal.write(Stream::out, bytes);
    case stderr_channel:
      return local_.terminal.write(Stream::err, bytes);
    case error_channel:
      status_.append(bytes);
      return;
    default:  // other channels say nothing that matters
      return;
  }
}

int RemoteRun::conclude() const {
  if (status_.empty())
    throw Error(ErrorKind::unreachable, "the connection ended without an exit status")
        .hint("whether the command has done its work is not known");
  const Json status = Json::parse(status_, nullptr, false);
  if (status.is_discarded()) throw Error(ErrorKind::rejected, "the command failed").why(kube::safe_text(status_));
  return exit_code_of(status);
}

Task<void> RemoteRun::feed() {
  std::array<char, piece> bytes{};
  for (;;) {
    const bool woken = co_await input_.wait();
    if (!woken) break;
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    co_await socket_->write(stdin_channel, {bytes.data(), static_cast<std::size_t>(got)});
  }
  if (finished_ || socket_->protocol() != with_close) co_return;
  constexpr char which = stdin_channel;
  co_await socket_->write(close_channel, {&which, 1});
}

Task<void> RemoteRun::resize() {
  const int columns = local_.terminal.width(Stream::out), rows = local_.terminal.height(Stream::out);
  if (columns <= 0 || rows <= 0) co_return;
  const std::string message = resize_message(columns, rows);
  co_await socket_->write(resize_channel, message);
}

Task<void> RemoteRun::obey_signals() {
  for (;;) {
    const bool woken = co_await signal_.wait();
    if (!woken) co_return;
    signal_.drain();
    throw_if_signalled(local_.signals);
    if (raw_ && socket_) co_await resize();
  }
}

}  // namespace

std::string exec_path(const RemoteCommand& command) {
  std::string path = fmt::format("/api/v1/namespaces/{}/pods/{}/exec?container={}", command.name_space, command.pod,
                                 url_encode(command.container));
  for (const std::string& word : command.command) path += "&command=" + url_encode(word);
  if (command.input != Input::none) path += "&stdin=true";
  // A terminal has one output; runtimes refuse to split it.
  return path + (command.input == Input::terminal ? "&stdout=true&tty=true" : "&stdout=true&stderr=true");
}

int exit_code_of(const Json& status) {
  if (string_at(status, {"status"}) == "Success") return 0;
  const std::string message = kube::safe_text(string_at(status, {"message"}));
  if (string_at(status, {"reason"}) != "NonZeroExitCode")
    throw Error(ErrorKind::rejected, "the command could not be run").why(message);
  const Json& causes = at_path(status, {"details", "causes"});
  for (const Json& cause : causes.is_array() ? causes : Json::array()) {
    if (string_at(cause, {"reason"}) != "ExitCode") continue;
    const std::string text = string_at(cause, {"message"});
    int code = -1;
    std::from_chars(text.data(), text.data() + text.size(), code);
    if (code >= 0 && code <= 255) return code;
  }
  throw Error(ErrorKind::rejected, "the command failed with an exit code that cannot be read").why(message);
}

std::string resize_message(int columns, int rows) {
  return fmt::format(R"({{"Width":{},"Height":{}}})", columns, rows);
}

int run_remote(const LocalSide& local, const RemoteCommand& command) {
  return RemoteRun(local, command).run();
}

}  // namespace kforge::stream
