// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plans.hpp"
#include "cli/services.hpp"
#include "deploy/immutable.hpp"

#include <memory>

namespace kforge::cli {
namespace {

struct PlanOptions {
  std::vector<std::string> services;
  std::vector<std::string> recreate;
  bool exit_code = false, force_conflicts = false;
};

deploy::UpRequest resolve(const PlanOptions& options, Session& session) {
  deploy::UpRequest request;
  request.services = services_named(session.project(), options.services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.force_conflicts = options.force_conflicts;
  deploy::check_recreate_names(options.recreate);
  request.recreate = options.recreate;
  return request;
}

int run_plan(Session& session, const PlanOptions& options) {
  const deploy::UpRequest request = resolve(options, session);
  WarningsToStderr observer(session);
  const deploy::PlanResult result = deploy::make_preview(context_of(session, observer), request);
  int code = options.exit_code && result.preview.changes() ? exit_code(ErrorKind::changes_pending) : 0;
  if (result.refusal) code = exit_code(result.refusal->kind);
  show_plan(session, result.preview, {.command = "plan", .exit_code = code, .error = result.refusal});
  return code;
}

}  // namespace

Action bind_plan(OptionTable& table) {
  const auto options = std::make_shared<PlanOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to plan for; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "--exit-code",
                .value = "",
                .description = "exit with 2 when something would change",
                .target = &options->exit_code});
  table.option({.names = "--force-conflicts",
                .value = "",
                .description = "plan to take over fields that other field managers own",
                .target = &options->force_conflicts});
  table.option({.names = "--recreate",
                .value = "KIND/NAME",
                .description = "plan to delete this object and make it again, as `kforge up --recreate` does",
                .target = &options->recreate});
  return [options](Session& session) { return run_plan(session, *options); };
}

}  // namespace kforge::cli
