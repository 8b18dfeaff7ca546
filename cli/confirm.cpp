// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.hpp"

#include "base/text.hpp"
#include "ui/line.hpp"
#include "ui/style.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

// What is typed behind the question; nothing at the end of the input.
std::optional<std::string> ask(Session& session, const std::string& question, const std::string& choices) {
  Terminal& terminal = session.deps().terminal;
  if (!terminal.input_is_terminal() || !terminal.is_terminal(Stream::err))
    throw Error(ErrorKind::guard_refused,
                fmt::format("{} needs confirmation, and there is no terminal to ask at", question))
        .hint("pass --yes to confirm it");
  terminal.err(ui::shown(fmt::format("{}? {}: ", question, choices), session.err_style()));
  std::optional<std::string> answer = terminal.read_line();
  throw_if_signalled(session.deps().signals);
  if (!answer) terminal.err("\n");
  return answer;
}

bool is_yes(const std::optional<std::string>& answer) {
  const std::string word = answer ? to_lower(trim(*answer)) : "";
  return word == "y" || word == "yes";
}

Error not_confirmed() {
  return {ErrorKind::guard_refused, "not confirmed, nothing was changed"};
}

}  // namespace

void confirm_by_name(Session& session, const std::string& question, const std::string& name) {
  if (session.settings().yes) return;
  const std::optional<std::string> answer = ask(session, question, fmt::format("type '{}' to confirm", name));
  if (!answer || trim(*answer) != name) throw not_confirmed();
}

void confirm(Session& session, const std::string& question) {
  if (session.settings().yes) return;
  if (!is_yes(ask(session, question, "[y/N]"))) throw not_confirmed();
}

bool can_ask(Session& session) {
  const Terminal& terminal = session.deps().terminal;
  return terminal.input_is_terminal() && terminal.is_terminal(Stream::err) && !ui::is_ci(session.deps().environment);
}

bool says_yes(Session& session, const std::string& question) {
  return is_yes(ask(session, question, "[y/N]"));
}

}  // namespace kforge::cli
