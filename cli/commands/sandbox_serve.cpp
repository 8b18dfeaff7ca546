// SPDX-License-Identifier: Apache-2.0
// The process behind a sandbox: what `kforge sandbox start` runs in the background.
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "os/detach.hpp"
#include "sandbox/process/sandbox.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>

namespace kforge::cli {
namespace {

struct ServeArguments {
  std::string name, folder, speed;
};

int run_serve(Session& session, const ServeArguments& arguments) {
  sandbox::ServeOptions options{{arguments.name, arguments.folder}, std::string(version())};
  std::from_chars(arguments.speed.data(), arguments.speed.data() + arguments.speed.size(), options.speed);
  const Deps& deps = session.deps();
  options.log = [&deps](std::string_view line) {
    deps.terminal.err(fmt::format("{} {}\n", format_rfc3339(deps.clock.wall_time()), line));
  };
  Starter starter = go_to_background(options.home.log());
  sandbox::serve(options, [&](const sandbox::Serving&) { starter.ready("ready\n"); });
  return 0;
}

}  // namespace

Action bind_sandbox_serve(OptionTable& table) {
  const auto arguments = std::make_shared<ServeArguments>();
  for (const auto& [name, target] :
       {std::pair{"NAME", &arguments->name}, {"FOLDER", &arguments->folder}, {"SPEED", &arguments->speed}})
    table.argument({.name = name, .description = "", .target = target, .required = true});
  return [arguments](Session& session) { return run_serve(session, *arguments); };
}

}  // namespace kforge::cli
