// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plans.hpp"
#include "cli/services.hpp"

#include <memory>

namespace kforge::cli {
namespace {

struct DriftOptions {
  std::vector<std::string> services;
};

int run_drift(Session& session, const DriftOptions& options) {
  deploy::UpRequest request;
  request.services = services_named(session.project(), options.services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  WarningsToStderr observer(session);
  const deploy::Preview preview = deploy::make_drift(context_of(session, observer), request);
  const int code = preview.changes() ? exit_code(ErrorKind::changes_pending) : 0;
  show_plan(session, preview, {.command = "drift", .exit_code = code});
  return code;
}

}  // namespace

Action bind_drift(OptionTable& table) {
  const auto options = std::make_shared<DriftOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to look at; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  return [options](Session& session) { return run_drift(session, *options); };
}

}  // namespace kforge::cli
