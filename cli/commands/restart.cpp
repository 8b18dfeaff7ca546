// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/verbs.hpp"

#include <memory>

namespace kforge::cli {
namespace {

struct RestartOptions {
  std::vector<std::string> services;
  VerbOptions verb;
  bool one_by_one = false;
};

int run_restart(Session& session, const RestartOptions& options) {
  deploy::VerbRequest request =
      verb_request(session, "restart", services_or_all(session.project(), options.services), options.verb);
  request.order = options.one_by_one ? deploy::Order::one_by_one : deploy::Order::together;
  return run_verb(session, request, options.verb, [&](const deploy::Running& running) {
    deploy::Edits edits;
    for (const deploy::RunningService& service : running.services())
      for (deploy::Edit& edit : deploy::restart_edits(service, session.deps().clock.wall_time()))
        edits.push_back(std::move(edit));
    return edits;
  });
}

}  // namespace

Action bind_restart(OptionTable& table) {
  const auto options = std::make_shared<RestartOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to restart; default: all services, but not database, auth and gateway",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "--one-by-one",
                .value = "",
                .description = "finish a service before the next one begins; a failure ends it",
                .target = &options->one_by_one});
  add_verb_options(table, options->verb, Saves::no);
  return [options](Session& session) { return run_restart(session, *options); };
}

}  // namespace kforge::cli
