// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/shell_session.hpp"

#include "base/text.hpp"
#include "sandbox/pods/pod_fields.hpp"
#include "sandbox/pods/shell_http.hpp"
#include "sandbox/pods/timer_slot.hpp"

#include <fmt/format.h>

#include <deque>

namespace kforge::sandbox {
namespace {

// Answers from the loop, in order, and not any more once it is gone.
class Later {
 public:
  explicit Later(Timers& timers) : timer_(timers) {}
  void run(std::function<void()> action) {
    waiting_.push_back(std::move(action));
    if (!timer_.is_set()) arm();
  }

 private:
  void arm() {
    timer_.set(Milliseconds(0), [this] {
      const std::function<void()> action = std::move(waiting_.front());
      waiting_.pop_front();
      if (!waiting_.empty()) arm();
      action();  // last: it may destroy the session
    });
  }
  std::deque<std::function<void()>> waiting_;
  TimerSlot timer_;
};

// A shell that reads commands from its input until "exit" or the end.
class ShellSession final : public ExecSession {
 public:
  ShellSession(Timers& timers, ShellWorld world, const ExecRequest& request, ExecListener listener)
      : world_(std::move(world)), listener_(std::move(listener)), tty_(request.tty), later_(timers) {
    if (request.command.empty() || (is_shell(request.command[0]) && request.command.size() == 1)) {
      prompt();
      return;
    }
    if (request.command == std::vector<std::string>{"cat"}) {  // gives back what it gets
      echoes_ = true;
      return;
    }
    interactive_ = false;
    const auto result = run_program(world_, request.command);
    later_.run([this, result, program = request.command[0]] {
      if (!result)
        return listener_.failed(fmt::format(
            "error executing command in container: failed to exec in container: OCI runtime exec failed: exec "
            "failed: unable to start container process: exec: \"{}\": executable file not found in $PATH",
            program));
      finish(*result);
    });
  }

  void write(std::string_view input) override {
    if (!interactive_) return;
    if (echoes_) return print(std::string(input));
    for (const char c : input) take(c);
  }
  void close_input() override {
    if (!interactive_) return;
    if (!echoes_ && !line_.empty()) run_line();
    leave(last_code_);
  }
  void resize(int, int) override {}

 private:
  void print(std::string text) {
    if (tty_) text = replace_all(std::move(text), "\n", "\r\n");
    later_.run([this, text = std::move(text)] { listener_.out(text); });
  }

  void prompt() {
    if (tty_) print("/ $ ");
  }

  void take(char c) {
    constexpr char interrupt = 3, end = 4, erase = 127;
    if (c == end && line_.empty()) return leave(last_code_);
    if (c == '\n' || c == '\r') {
      if (tty_) print("\n");
      run_line();
    } else if (c == interrupt) {
      line_.clear();
      print("^C\n");
      prompt();
    } else if (c == erase) {
      if (!line_.empty() && tty_) print("\b \b");
      if (!line_.empty()) line_.pop_back();
    } else if (line_.size() < 4096) {
      line_ += c;
      if (tty_) print(std::string(1, c));
    }
  }

  void run_line() {
    const std::string line(trim(line_));
    line_.clear();
    const ShellResult result = run_shell_line(world_, line);
    last_code_ = result.exit_code;
    if (line == "exit" || line.starts_with("exit ")) return leave(result.exit_code);
    if (!result.out.empty()) print(result.out);
    if (!result.err.empty() && tty_) print(result.err);
    if (!result.err.empty() && !tty_) later_.run([this, text = result.err] { listener_.err(text); });
    prompt();
  }

  void leave(int code) {
    interactive_ = false;
    later_.run([this, code] { finish({"", "", code}); });
  }

  void finish(const ShellResult& result) {
    const ExecListener listener = listener_;  // whoever hears the end may destroy the session
    const auto shown = [this](const std::string& text) { return tty_ ? replace_all(text, "\n", "\r\n") : text; };
    if (!result.out.empty()) listener.out(shown(result.out));
    if (!result.err.empty()) (tty_ ? listener.out : listener.err)(shown(result.err));
    listener.done(result.exit_code);
  }

  ShellWorld world_;
  ExecListener listener_;
  bool tty_, interactive_ = true, echoes_ = false;
  int last_code_ = 0;
  std::string line_;
  Later later_;
};

// Answers every HTTP/1.1 request on a port of a container.
class HttpSession final : public PortSession {
 public:
  HttpSession(Timers& timers, const Json& pod, int port, PortListener listener)
      : listener_(std::move(listener)), later_(timers) {
    for (const Json& container : at_path(pod, {"spec", "containers"}))
      for (const Json& each : at_path(container, {"ports"}))
        if (int_at(each, {"containerPort"}) == port) service_ = string_at(container, {"name"});
    for (const Json& status : at_path(pod, {"status", "containerStatuses"}))
      if (string_at(status, {"name"}) == service_ && bool_at(status, {"ready"})) status_line_ = "200 OK";
    if (service_.empty())
      later_.run([this, port, pod = pod_label(pod)] {
        listener_.failed(
            fmt::format("failed to connect to localhost:{0} inside pod {1}: dial tcp4 127.0.0.1:{0}: connect: "
                        "connection refused",
                        port, pod));
      });
  }

  void write(std::string_view bytes) override {
    constexpr std::size_t largest_request = 64 * 1024;
    if (service_.empty()) return;
    request_ += bytes;
    if (request_.size() > largest_request) return later_.run([this] { listener_.closed(); });
    for (std::size_t end = request_.find("\r\n\r\n"); end != std::string::npos; end = request_.find("\r\n\r\n")) {
      const bool last = contains_ignoring_case(request_.substr(0, end), "connection: close");
      request_.erase(0, end + 4);
      const std::string body = http_body(service_);
      later_.run([this, last,
                  text = fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: "
                                     "{}\r\n{}\r\n{}",
                                     status_line_, body.size(), last ? "Connection: close\r\n" : "", body)] {
        listener_.data(text);
      });
      if (last) return later_.run([this] { listener_.closed(); });
    }
  }

 private:
  PortListener listener_;
  std::string service_, request_;
  std::string status_line_ = "503 Service Unavailable";  // until its readiness probe says otherwise
  Later later_;
};

}  // namespace

std::unique_ptr<ExecSession> open_shell(Timers& timers, ShellWorld world, const ExecRequest& request,
                                        ExecListener listener) {
  return std::make_unique<ShellSession>(timers, std::move(world), request, std::move(listener));
}

std::unique_ptr<PortSession> open_port(Timers& timers, const Json& pod, int port, PortListener listener) {
  return std::make_unique<HttpSession>(timers, pod, port, std::move(listener));
}

}  // namespace kforge::sandbox
