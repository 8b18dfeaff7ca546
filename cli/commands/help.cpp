// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace kforge::cli {
namespace {

std::string help_on(const std::string& name, const ui::Style& style) {
  if (const CommandSpec* command = find_command(name)) {
    OptionTable table;
    const Action keeps_alive = command->bind(table);
    return command_help(*command, table, style);
  }
  if (std::ranges::any_of(commands(), [&](const CommandSpec& spec) { return spec.name.starts_with(name + " "); }))
    return group_help(name, style);
  throw Error(ErrorKind::usage, fmt::format("unknown command '{}'", name)).hint(did_you_mean(name, visible_names()));
}

}  // namespace

Action bind_help(OptionTable& table) {
  const auto words = std::make_shared<std::vector<std::string>>();
  table.argument({.name = "COMMAND", .description = "the command", .target = words.get()});
  return [words](Session& session) {
    const ui::Style& style = session.out_style();
    session.print(words->empty() ? overview(style) : help_on(join(*words, " "), style));
    return 0;
  };
}

}  // namespace kforge::cli
