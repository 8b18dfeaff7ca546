// SPDX-License-Identifier: Apache-2.0
#include "cli/run.hpp"

#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/parse.hpp"
#include "cli/session.hpp"
#include "cli/tell_error.hpp"
#include "project/project.hpp"
#include "ui/error_text.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

// `kforge` alone: the state of the project when there is one, help otherwise.
void choose_command(Invocation& invocation, const Environment& environment) {
  if (!invocation.group.empty())
    throw Error(ErrorKind::usage, fmt::format("`kforge {}` needs a command", invocation.group))
        .hint(fmt::format("see `kforge {} --help`", invocation.group));
  const bool near = !invocation.globals.file.empty() || project::find_project_file(environment.working_directory);
  invocation.command = find_command(near ? "status" : "help");
  invocation.action = invocation.command->bind(invocation.options);
}

void check_format(const CommandSpec& command, const GlobalOptions& globals) {
  const std::string& format = globals.output;
  const bool known = format.empty() || format == "text" ? command.formats != Formats::yaml_json || format.empty()
                     : format == "json"                 ? command.formats != Formats::text
                     : format == "raw"                  ? command.formats == Formats::lines
                                                        : command.formats == Formats::yaml_json;
  if (!known)
    throw Error(ErrorKind::usage,
                fmt::format("`kforge {}` has no {} {}", command.name, globals.source_of("--output"), format))
        .hint(fmt::format("see `kforge {} --help`", command.name));
}

void load_needs(Session& session, Needs needs) {
  if (needs == Needs::nothing) return;
  session.project();
  if (needs == Needs::cluster) session.access();
}

int dispatch(const std::vector<std::string>& arguments, const Deps& deps) {
  Invocation invocation;
  parse(arguments, deps.environment, invocation);
  if (invocation.globals.help) {
    deps.terminal.out(help_text(invocation, deps));
    return 0;
  }
  if (invocation.globals.version) {
    invocation.command = find_command("version");
    invocation.action = invocation.command->bind(invocation.options);
  }
  if (invocation.command == nullptr) choose_command(invocation, deps.environment);
  check_format(*invocation.command, invocation.globals);
  Session session(deps, invocation.globals);
  load_needs(session, invocation.command->needs);
  return invocation.action(session);
}

int fail(const std::vector<std::string>& arguments, const Deps& deps, const Error& error) {
  const int code = exit_code(error.kind);
  try {
    if (asks_for_json(arguments, deps.environment))
      deps.terminal.out(ui::document_text({{"error", ui::error_json(error, code)}}));
    tell_error(deps, ui::style_for(deps.terminal, Stream::err, deps.environment, ui::ColourMode::automatic), error);
  } catch (const OutputClosed&) {  // nobody reads it
  }
  return code;
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Deps& deps) {
  try {
    return dispatch(arguments, deps);
  } catch (const OutputClosed&) {
    return 0;
  } catch (const Error& error) {
    return fail(arguments, deps, error);
  } catch (const std::exception& error) {
    return fail(arguments, deps, internal_error(error));
  }
}

}  // namespace kforge::cli
