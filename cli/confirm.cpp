// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.hpp"

#include "base/text.hpp"
#include "ui/line.hpp"
#include "ui/style.hpp"

#include <fmt/format.h>

namespace kforge::cli {

bool can_ask(Session& session) {
  const Terminal& terminal = session.deps().terminal;
  return terminal.input_is_terminal() && terminal.is_terminal(Stream::err) && !ui::is_ci(session.deps().environment);
}

bool confirm(Session& session, const std::string& question) {
  Terminal& terminal = session.deps().terminal;
  terminal.err(ui::shown(question + "? [y/N] ", session.err_style()));
  const std::optional<std::string> answer = terminal.read_line();
  throw_if_signalled(session.deps().signals);
  if (!answer) terminal.err("\n");
  const std::string word = answer ? to_lower(trim(*answer)) : std::string();
  return word == "y" || word == "yes";
}

void confirm_by_name(Session& session, const std::string& question, const std::string& name) {
  if (session.settings().yes) return;
  Terminal& terminal = session.deps().terminal;
  if (!terminal.input_is_terminal() || !terminal.is_terminal(Stream::err))
    throw Error(ErrorKind::guard_refused,
                fmt::format("{} needs confirmation, and there is no terminal to ask at", question))
        .hint("pass --yes to confirm it");
  terminal.err(ui::shown(fmt::format("{}? type '{}' to confirm: ", question, name), session.err_style()));
  const std::optional<std::string> answer = terminal.read_line();
  throw_if_signalled(session.deps().signals);
  if (!answer) terminal.err("\n");
  if (!answer || trim(*answer) != name) throw Error(ErrorKind::guard_refused, "not confirmed, nothing was changed");
}

}  // namespace kforge::cli
