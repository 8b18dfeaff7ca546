// SPDX-License-Identifier: Apache-2.0
#include "stream/remote_command.hpp"

#include "cli/commands/commands.hpp"
#include "cli/service_pods.hpp"
#include "rollout/reading.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

struct ExecOptions {
  std::string target, container;
  std::vector<std::string> command;
  bool input = false, tty = false;
};

// -t needs a terminal on our side too; without one the command runs as in a pipe.
stream::Input input_of(Session& session, const ExecOptions& options) {
  const Terminal& terminal = session.deps().terminal;
  if (options.tty && !options.input)
    throw Error(ErrorKind::usage, "-t needs -i").hint("use -it for a program that talks to a terminal");
  if (!options.input) return stream::Input::none;
  if (!options.tty) return stream::Input::piped;
  if (terminal.input_is_terminal() && terminal.is_terminal(Stream::out)) return stream::Input::terminal;
  session.warn("input or output is no terminal, so the command gets none either");
  return stream::Input::piped;
}

int run_exec(Session& session, const ExecOptions& options) {
  const stream::Input input = input_of(session, options);
  const std::vector<Json> pods = running_pods(session, pod_target(session.project(), options.target));
  const Json& pod = pods.front();
  const stream::RemoteCommand command{.name_space = std::string(rollout::namespace_of(pod)),
                                      .pod = std::string(rollout::name_of(pod)),
                                      .container = container_of(pod, options.container),
                                      .command = options.command,
                                      .input = input};
  return stream::run_remote({session.client(), session.deps().terminal, session.deps().signals}, command);
}

}  // namespace

Action bind_exec(OptionTable& table) {
  const auto options = std::make_shared<ExecOptions>();
  table.argument({.name = "SERVICE",
                  .description = "a service, or one of its pods by name",
                  .target = &options->target,
                  .required = true,
                  .complete = Complete::service});
  table.argument({.name = "COMMAND",
                  .description = "what to run, after '--'; no shell is added",
                  .target = &options->command,
                  .required = true});
  table.option({.names = "-i,--stdin", .value = "", .description = "pass stdin on", .target = &options->input});
  table.option({.names = "-t,--tty",
                .value = "",
                .description = "give the command a terminal; with -i",
                .target = &options->tty});
  table.option({.names = "-c,--container",
                .value = "NAME",
                .description = "container to run it in; default: the main one",
                .target = &options->container});
  return [options](Session& session) { return run_exec(session, *options); };
}

}  // namespace kforge::cli
