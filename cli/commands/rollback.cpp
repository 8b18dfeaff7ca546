// SPDX-License-Identifier: Apache-2.0
#include "deploy/rollback.hpp"

#include "cli/cluster_pins.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/exit_code.hpp"
#include "cli/lock_options.hpp"
#include "cli/plans.hpp"
#include "cli/progress.hpp"
#include "cli/releases.hpp"
#include "cli/services.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

struct RollbackOptions {
  std::vector<std::string> words;
  std::string message;
  bool no_wait = false, dry_run = false, force_conflicts = false;
  LockChoice lock;
  ClusterChoice cluster;
};

// The first word may be a release; everything else names services.
int number_of(std::vector<std::string>& words) {
  if (words.empty() || !is_release_number(words.front())) return 0;
  const int number = release_number(words.front());
  words.erase(words.begin());
  return number;
}

deploy::UpRequest resolve(const RollbackOptions& options, const std::vector<std::string>& services, Session& session) {
  deploy::UpRequest request;
  request.services = services_named(session.project(), services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.wait = options.no_wait ? deploy::Wait::no : deploy::Wait::yes;
  request.force_conflicts = options.force_conflicts;
  request.lock = lock_options(options.lock);
  request.message = options.message;
  request.cluster = cluster_guard(session, options.cluster);
  return request;
}

// The preview goes to stdout when it is the result, and to stderr when it comes before a question.
void show(Session& session, const deploy::RollbackPreview& preview, int code) {
  const std::string title = fmt::format("rollback from {} to {}", deploy::release_name(preview.current.number),
                                        deploy::release_name(preview.target.number));
  show_plan(session, preview.plan.preview, {.command = title, .exit_code = code, .error = preview.plan.refusal});
}

int run_rollback(Session& session, const RollbackOptions& options) {
  std::vector<std::string> words = options.words;
  const int asked = number_of(words);
  const deploy::UpRequest request = resolve(options, words, session);
  WarningsToStderr warnings(session);
  const deploy::RollbackPreview preview = deploy::preview_rollback(context_of(session, warnings), request, asked);
  const int refused = preview.plan.refusal ? exit_code(preview.plan.refusal->kind) : 0;
  if (options.dry_run || refused != 0 || !session.json()) show(session, preview, refused);
  for (const std::string& remark : preview.remarks) session.warn(remark);
  if (options.dry_run || refused != 0) return refused;
  const std::string name = deploy::release_name(preview.target.number);
  if (preview.plan.preview.changes()) confirm(session, fmt::format("roll {} back to {}", session.project().name, name));
  RunViews views(session);
  return views.run([&] { return deploy::rollback(context_of(session, views), request, preview.target.number); });
}

}  // namespace

Action bind_rollback(OptionTable& table) {
  const auto options = std::make_shared<RollbackOptions>();
  table.argument({.name = "RELEASE|SERVICE",
                  .description = "the release to go back to, then services to limit it to; default: the last release "
                                 "that worked and differs, the whole project",
                  .target = &options->words,
                  .complete = Complete::service});
  table.option(
      {.names = "-m,--message", .value = "TEXT", .description = "why, for the history", .target = &options->message});
  table.option(
      {.names = "--dry-run", .value = "", .description = "only show what would change", .target = &options->dry_run});
  table.option({.names = "--no-wait",
                .value = "",
                .description = "apply everything and do not wait until it works",
                .target = &options->no_wait});
  table.option({.names = "--force-conflicts",
                .value = "",
                .description = "take over fields that other field managers own",
                .target = &options->force_conflicts});
  add_lock_options(table, options->lock);
  add_cluster_options(table, options->cluster);
  return [options](Session& session) { return run_rollback(session, *options); };
}

}  // namespace kforge::cli
