// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/shell_session.hpp"

#include "base/text.hpp"
#include "sandbox/pods/later.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

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

}  // namespace

std::unique_ptr<ExecSession> open_shell(Timers& timers, ShellWorld world, const ExecRequest& request,
                                        ExecListener listener) {
  return std::make_unique<ShellSession>(timers, std::move(world), request, std::move(listener));
}

}  // namespace kforge::sandbox
