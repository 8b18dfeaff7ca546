// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/docgen/docgen.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "rollout/verdict.hpp"
#include "ui/line.hpp"

#include <memory>

namespace kforge::cli {
namespace {

int run_completion(Session& session, const std::string& shell) {
  session.print(shell == "bash"  ? docgen::bash_completion()
                : shell == "zsh" ? docgen::zsh_completion()
                                 : docgen::fish_completion());
  return 0;
}

std::vector<std::string> words_for(Session& session, const std::string& what) {
  if (what == "services")
    return service_names(project::load(session.load_options(), session.deps().environment).project);
  std::vector<std::string> words = project::key_paths();
  for (const rollout::Cause& cause : rollout::causes()) words.emplace_back(cause.code);
  return words;
}

// A word a line. A shell that completes has no use for errors.
int run_complete(Session& session, const std::string& what) {
  try {
    for (const std::string& word : words_for(session, what)) session.print(ui::shown(word, session.out_style()) + "\n");
  } catch (const Error&) {
    return 0;
  }
  return 0;
}

}  // namespace

Action bind_completion(OptionTable& table) {
  const auto shell = std::make_shared<std::string>();
  table.argument({.name = "SHELL",
                  .description = "the shell",
                  .target = shell.get(),
                  .required = true,
                  .choices = {"bash", "zsh", "fish"}});
  return [shell](Session& session) { return run_completion(session, *shell); };
}

Action bind_complete(OptionTable& table) {
  const auto what = std::make_shared<std::string>();
  table.argument({.name = "WHAT",
                  .description = "kind of words",
                  .target = what.get(),
                  .required = true,
                  .choices = {"services", "keys"}});
  return [what](Session& session) { return run_complete(session, *what); };
}

}  // namespace kforge::cli
