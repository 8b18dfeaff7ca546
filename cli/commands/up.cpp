// SPDX-License-Identifier: Apache-2.0
#include "cli/change_options.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/lock_options.hpp"
#include "cli/on_failure.hpp"
#include "cli/plans.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "deploy/deploy.hpp"
#include "deploy/saved_plan.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

constexpr std::size_t largest_plan = std::size_t{64} << 20;

struct UpOptions {
  ChangeOptions change;
  std::string plan;
  bool no_wait = false, dry_run = false;
  std::string message, on_failure;
  LockChoice lock;
};

Json read_plan(const std::string& name, const Environment& environment) {
  const std::optional<std::string> text = read_file(absolute_path(name, environment.working_directory), largest_plan);
  if (!text)
    throw Error(ErrorKind::usage, fmt::format("no file '{}'", name)).hint("make one with `kforge plan --out FILE`");
  return Json::parse(*text, nullptr, false);
}

deploy::UpRequest resolve(const UpOptions& options, Session& session) {
  deploy::UpRequest request = change_request(options.change, session);
  request.wait = options.no_wait ? deploy::Wait::no : deploy::Wait::yes;
  request.dry_run = options.dry_run ? deploy::DryRun::server : deploy::DryRun::no;
  request.lock = lock_options(options.lock);
  request.message = options.message;
  request.on_failure = on_failure(options.on_failure, session.project());
  if (options.plan.empty()) return request;
  if (options.change.any())
    throw Error(ErrorKind::usage, "--plan does what the file says: services and options are in it")
        .hint("leave them out, or make another plan with `kforge plan --out FILE`");
  deploy::restore_request(read_plan(options.plan, session.deps().environment), request);
  return request;
}

int run_up(Session& session, const UpOptions& options) {
  deploy::UpRequest request = resolve(options, session);
  RunViews views(session);
  if (can_ask(session))
    request.ask = [&](const std::string& question) {
      views.make_way();
      return says_yes(session, question);
    };
  return views.run([&] { return deploy::up(context_of(session, views), request); });
}

}  // namespace

Action bind_up(OptionTable& table) {
  const auto options = std::make_shared<UpOptions>();
  add_change_options(table, options->change);
  table.option({.names = "--no-wait",
                .value = "",
                .description = "apply everything and do not wait until it works",
                .target = &options->no_wait});
  table.option({.names = "--dry-run",
                .value = "",
                .description = "let the server check everything, change nothing",
                .target = &options->dry_run});
  table.option({.names = "--plan",
                .value = "FILE",
                .description = "do what `kforge plan --out FILE` saved; refuse when the world has moved since",
                .target = &options->plan,
                .complete = Complete::file});
  table.option({.names = "-m,--message",
                .value = "TEXT",
                .description = "what this release is about, for its history",
                .target = &options->message});
  add_on_failure_option(table, options->on_failure);
  add_lock_options(table, options->lock);
  return [options](Session& session) { return run_up(session, *options); };
}

}  // namespace kforge::cli
