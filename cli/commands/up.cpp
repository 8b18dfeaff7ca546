// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/lock_options.hpp"
#include "cli/plans.hpp"
#include "cli/progress.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "deploy/deploy.hpp"
#include "deploy/immutable.hpp"

#include <memory>

namespace kforge::cli {
namespace {

struct UpOptions {
  std::vector<std::string> services;
  std::vector<std::string> recreate;
  bool no_wait = false, dry_run = false, force_conflicts = false;
  std::string message, on_failure;
  LockChoice lock;
};

deploy::UpRequest resolve(const UpOptions& options, Session& session) {
  deploy::UpRequest request;
  request.services = services_named(session.project(), options.services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.wait = options.no_wait ? deploy::Wait::no : deploy::Wait::yes;
  request.dry_run = options.dry_run ? deploy::DryRun::server : deploy::DryRun::no;
  request.force_conflicts = options.force_conflicts;
  request.lock = lock_options(options.lock);
  request.message = options.message;
  const bool back = options.on_failure == "rollback";
  request.on_failure = back ? deploy::OnFailure::rollback : deploy::OnFailure::keep;
  deploy::check_recreate_names(options.recreate);
  request.recreate = options.recreate;
  return request;
}

int run_up(Session& session, const UpOptions& options) {
  const deploy::UpRequest request = resolve(options, session);
  RunViews views(session);
  return views.run([&] { return deploy::up(context_of(session, views), request); });
}

}  // namespace

Action bind_up(OptionTable& table) {
  const auto options = std::make_shared<UpOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to deploy; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "--no-wait",
                .value = "",
                .description = "apply everything and do not wait until it works",
                .target = &options->no_wait});
  table.option({.names = "--dry-run",
                .value = "",
                .description = "let the server check everything, change nothing",
                .target = &options->dry_run});
  table.option({.names = "--force-conflicts",
                .value = "",
                .description = "take over fields that other field managers own",
                .target = &options->force_conflicts});
  table.option({.names = "--recreate",
                .value = "KIND/NAME",
                .description = "delete this object and make it again, as fields of it cannot be changed; repeatable",
                .target = &options->recreate});
  table.option({.names = "-m,--message",
                .value = "TEXT",
                .description = "what this release is about, for its history",
                .target = &options->message});
  table.option({.names = "--on-failure",
                .value = "WHAT",
                .description = "after a bad rollout: keep it to look at, or rollback to the last release that worked; "
                               "default: keep",
                .target = &options->on_failure,
                .choices = {"keep", "rollback"}});
  add_lock_options(table, options->lock);
  return [options](Session& session) { return run_up(session, *options); };
}

}  // namespace kforge::cli
