// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/local_values.hpp"
#include "cli/session.hpp"
#include "ui/error_text.hpp"
#include "ui/github.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

int run_check(Session& session) {
  const Deps& deps = session.deps();
  const project::Loaded loaded = project::load(session.load_options(), deps.environment);
  Diagnostics warnings = loaded.warnings;
  const render::Rendered rendered = render_without_secrets(loaded.project, deps.environment, warnings);
  warnings.sort();
  deps.terminal.err(ui::diagnostics_text(warnings, session.err_style()));
  if (deps.environment.has("GITHUB_ACTIONS")) deps.terminal.err(ui::annotations_of(warnings, deps.environment));
  if (session.json()) {
    session.print_json({{"valid", true},
                        {"file", loaded.project.file},
                        {"project", loaded.project.name},
                        {"environment", loaded.project.environment},
                        {"objects", rendered.objects.size()},
                        {"diagnostics", ui::diagnostics_json(warnings)}});
    return 0;
  }
  std::string text =
      fmt::format("{} is valid: {}, {}", loaded.project.file, counted(loaded.project.services.size(), "service"),
                  counted(rendered.objects.size(), "object"));
  if (warnings.warnings() > 0) text += ", " + counted(warnings.warnings(), "warning");
  session.print(ui::shown(text, session.out_style()) + "\n");
  return 0;
}

}  // namespace

Action bind_check(OptionTable&) {
  return run_check;
}

}  // namespace kforge::cli
