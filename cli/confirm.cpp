// SPDX-License-Identifier: Apache-2.0
#include "cli/confirm.hpp"

#include "base/text.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

namespace kforge::cli {

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
