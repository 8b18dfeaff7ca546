// SPDX-License-Identifier: Apache-2.0
#include "cli/change_options.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plans.hpp"
#include "os/files.hpp"
#include "ui/error_text.hpp"

#include <memory>

namespace kforge::cli {
namespace {

struct PlanOptions {
  ChangeOptions change;
  std::string out;
  bool exit_code = false;
};

void save(Session& session, const std::string& name, const Json& plan) {
  write_file_atomically(absolute_path(name, session.deps().environment.working_directory), ui::document_text(plan));
}

int run_plan(Session& session, const PlanOptions& options) {
  const deploy::UpRequest request = change_request(options.change, session);
  WarningsToStderr observer(session);
  const deploy::PlanResult result = deploy::make_preview(context_of(session, observer), request);
  int code = options.exit_code && result.preview.changes() ? exit_code(ErrorKind::changes_pending) : 0;
  if (result.refusal) code = exit_code(result.refusal->kind);
  if (!options.out.empty()) save(session, options.out, result.saved);
  show_plan(session, result.preview, {.command = "plan", .exit_code = code, .error = result.refusal});
  return code;
}

}  // namespace

Action bind_plan(OptionTable& table) {
  const auto options = std::make_shared<PlanOptions>();
  add_change_options(table, options->change);
  table.option({.names = "--exit-code",
                .value = "",
                .description = "exit with 2 when something would change",
                .target = &options->exit_code});
  table.option({.names = "--out",
                .value = "FILE",
                .description = "save the plan; `kforge up --plan FILE` does exactly that, or refuses",
                .target = &options->out,
                .complete = Complete::file});
  return [options](Session& session) { return run_plan(session, *options); };
}

}  // namespace kforge::cli
