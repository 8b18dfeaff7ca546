// SPDX-License-Identifier: Apache-2.0
// The deploy lock in the hands of people.
#include "deploy/lock.hpp"

#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/plans.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <memory>

namespace kforge::cli {
namespace {

using deploy::LockRecord;

struct LockCommand {
  std::string message;
  bool show = false, force = false;
};

Json time_json(const std::optional<WallTime>& time) {
  return time ? Json(format_rfc3339(*time)) : Json();
}

Json lock_json(const std::string& project, const LockRecord& record) {
  Json document = {{"project", project}, {"locked", !record.is_free()}};
  if (record.is_free()) return document;
  document["by"] = record.note.by;
  document["operation"] = record.note.operation;
  document["message"] = record.note.message;
  document["url"] = record.note.url;
  document["since"] = time_json(record.acquired);
  document["heartbeat"] = record.is_manual() ? Json() : time_json(record.renewed);
  return document;
}

std::string lock_text(const std::string& project, const LockRecord& record, WallTime now) {
  if (record.is_free()) return fmt::format("{} is not locked\n", project);
  std::string text = fmt::format("{} is locked: {}\n", project, deploy::describe_holder(record));
  for (const std::string& line : split(deploy::describe_lock(record, now), '\n')) text += "  " + line + "\n";
  return text;
}

void show(Session& session, const LockRecord& record) {
  const std::string& project = session.project().name;
  if (session.json()) return session.print_json(lock_json(project, record));
  session.print(ui::shown(lock_text(project, record, session.deps().clock.wall_time()), session.out_style()));
}

// One session of the engine with the warnings on stderr.
class Desk {
 public:
  explicit Desk(Session& session)
      : observer_(session),
        engine_(context_of(session, observer_), session.settings().timeout.value_or(Milliseconds{120'000})),
        set_(deploy::applyset_of(session.project())) {}
  deploy::Session& engine() { return engine_; }
  const deploy::ApplySet& set() const { return set_; }

 private:
  WarningsToStderr observer_;
  deploy::Session engine_;
  deploy::ApplySet set_;
};

int run_lock(Session& session, const LockCommand& options) {
  Desk desk(session);
  show(session, options.show ? deploy::read_lock(desk.engine(), desk.set())
                             : deploy::lock_by_hand(desk.engine(), desk.set(), options.message));
  return 0;
}

int run_unlock(Session& session, const LockCommand& options) {
  Desk desk(session);
  const LockRecord found = deploy::read_lock(desk.engine(), desk.set());
  const std::string& project = session.project().name;
  if (!found.is_free() && !session.json())
    session.note(ui::shown(lock_text(project, found, session.deps().clock.wall_time()), session.err_style()));
  const bool breaks = options.force && !found.is_free() && !found.is_manual();
  if (breaks) confirm_by_name(session, fmt::format("take the lock from {}", deploy::describe_holder(found)), project);
  deploy::unlock(desk.engine(), desk.set(), found, options.force ? deploy::Force::yes : deploy::Force::no);
  show(session, LockRecord{});
  return 0;
}

}  // namespace

Action bind_lock(OptionTable& table) {
  const auto options = std::make_shared<LockCommand>();
  table.option({.names = "-m,--message",
                .value = "TEXT",
                .description = "why, for everybody who meets the lock",
                .target = &options->message});
  table.option({.names = "--show", .value = "", .description = "only show who holds it", .target = &options->show});
  return [options](Session& session) { return run_lock(session, *options); };
}

Action bind_unlock(OptionTable& table) {
  const auto options = std::make_shared<LockCommand>();
  table.option({.names = "--force",
                .value = "",
                .description = "take it from a run that is alive; the run stops before its next write",
                .target = &options->force});
  return [options](Session& session) { return run_unlock(session, *options); };
}

}  // namespace kforge::cli
