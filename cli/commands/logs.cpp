// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/log_targets.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "ui/log_printer.hpp"

#include <fmt/format.h>

#include <charconv>
#include <memory>

namespace kforge::cli {
namespace {

struct LogsOptions {
  std::vector<std::string> targets, include, exclude, where;
  std::string selector, tail = "15", since, since_time, container, fields;
  bool follow = false, no_follow = false, previous = false, all_containers = false, timestamps = false, json = false;
};

Error usage(const std::string& text, const std::string& hint) {
  return Error(ErrorKind::usage, text).hint(hint);
}

void check_together(const LogsOptions& options) {
  const auto exclude = [](bool one, bool other, const char* first, const char* second) {
    if (one && other) throw usage(fmt::format("{} does not go with {}", first, second), "leave one of them out");
  };
  exclude(options.follow, options.no_follow, "--follow", "--no-follow");
  exclude(options.follow, options.previous, "--follow", "--previous");
  exclude(!options.since.empty(), !options.since_time.empty(), "--since", "--since-time");
  exclude(!options.container.empty(), options.all_containers, "--container", "--all-containers");
}

// Empty: all lines.
std::optional<std::int64_t> tail_of(const std::string& text) {
  if (text == "all" || text == "-1") return std::nullopt;  // -1: as kubectl has it
  std::int64_t lines = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), lines);
  if (failure != std::errc{} || end != text.data() + text.size() || lines < 0)
    throw usage(fmt::format("--tail: '{}' is no number of lines", text), "write a number, or 'all'");
  return lines;
}

bool follows(const LogsOptions& options, const Terminal& terminal) {
  if (options.follow) return true;
  return !options.no_follow && !options.previous && terminal.is_terminal(Stream::out);
}

observe::LogOptions log_options(const LogsOptions& options, const Terminal& terminal) {
  observe::LogOptions log;
  log.follow = follows(options, terminal) ? observe::Follow::yes : observe::Follow::no;
  log.previous = options.previous;
  log.tail = tail_of(options.tail);
  if (!options.since.empty()) {
    log.since = parse_duration(options.since);
    if (!log.since || log.since->count() == 0)
      throw usage(fmt::format("--since: '{}' is not a duration", options.since), "write it as 90s, 10m or 1h30m");
  }
  if (!options.since_time.empty() && !parse_rfc3339(options.since_time))
    throw usage(fmt::format("--since-time: '{}' is not a time", options.since_time),
                "write it as 2026-01-02T03:04:05Z");
  log.since_time = options.since_time;
  return log;
}

ui::LogView view_of(const LogsOptions& options, const Session& session) {
  ui::LogView view;
  switch (session.settings().output) {
    case Output::json:
      view.format = ui::LogFormat::json;
      break;
    case Output::raw:
      view.format = ui::LogFormat::raw;
      break;
    default:
      break;
  }
  view.stamps = options.timestamps;
  view.parse = options.json;
  if (!options.fields.empty()) view.fields = split(options.fields, ',');
  view.notes = session.settings().progress != Progress::quiet;
  for (const std::string& text : options.include) view.filter.include.emplace_back(text, "--include");
  for (const std::string& text : options.exclude) view.filter.exclude.emplace_back(text, "--exclude");
  for (const std::string& text : options.where) view.where.emplace_back(text);
  return view;
}

// Follows until everything is read, which may be never.
void show(Session& session, observe::LogFollower& follower, ui::LogPrinter& printer, const std::string& what) {
  kube::Client& client = session.client();
  const bool quiet = session.settings().progress == Progress::quiet;
  for (bool told = quiet;;) {
    const Clock::time_point due = follower.pump();
    const OutputWatch output = printer.flush();
    if (follower.done() && printer.is_empty()) return;
    if (!told && follower.is_listed() && follower.pods_seen() == 0) {
      session.note(fmt::format("~ no pods of {} yet, waiting for them\n", what));
      told = true;
    }
    client.watch_output(output);
    client.wait(output.wants_room ? Clock::time_point::max() : due);
    for (const std::string& warning : client.take_warnings()) session.warn(warning);
    for (const std::string& notice : client.take_notices()) session.note("~ " + notice + "\n");
  }
}

int run_logs(Session& session, const LogsOptions& options) {
  check_together(options);
  observe::LogRequest request;
  request.options = log_options(options, session.deps().terminal);
  ui::LogView view = view_of(options, session);
  const LogTargets targets = log_targets(session, options.targets, options.selector);
  request.pods = targets.pods;
  request.container = options.container;
  request.containers = options.all_containers ? observe::Containers::all : observe::Containers::main;
  request.ends_with_pods = targets.end_by_themselves;
  const bool following = request.options.follow == observe::Follow::yes;
  if (session.near_project()) view.services = service_names(session.project());
  ui::LogPrinter printer(session.deps().terminal, session.out_style(), session.err_style(), std::move(view));
  observe::LogFollower follower(session.client(), session.deps().clock, std::move(request), printer);
  try {
    show(session, follower, printer, targets.text);
  } catch (const Error& error) {
    follower.drain();
    printer.flush();
    if (error.kind == ErrorKind::interrupted && following) return 0;  // asked to stop
    throw;
  }
  if (follower.pods_seen() == 0)
    throw Error(ErrorKind::not_found, "there are no pods of " + targets.text)
        .hint("`kforge status` shows what runs, `kforge up` deploys");
  return 0;
}

void add_selection_options(OptionTable& table, LogsOptions& options) {
  table.argument({.name = "TARGET",
                  .description = "service, tier, pod or KIND/NAME; default: the whole project",
                  .target = &options.targets,
                  .complete = Complete::service});
  table.option({.names = "-l,--selector",
                .value = "LABELS",
                .description = "only pods with these labels, such as tier=backend",
                .target = &options.selector});
  table.option({.names = "-c,--container",
                .value = "NAME",
                .description = "this container of every pod; default: its main one",
                .target = &options.container});
  table.option({.names = "--all-containers",
                .value = "",
                .description = "every container, those that run before the main one too",
                .target = &options.all_containers});
}

void add_range_options(OptionTable& table, LogsOptions& options) {
  table.option({.names = "-f,--follow",
                .value = "",
                .description = "go on with new lines; the default at a terminal",
                .target = &options.follow});
  table.option({.names = "--no-follow",
                .value = "",
                .description = "end with what is there now; the default elsewhere",
                .target = &options.no_follow});
  table.option({.names = "--tail",
                .value = "LINES",
                .description = "lines of each container to begin with, or 'all'; default: 15",
                .target = &options.tail});
  table.option({.names = "--since",
                .value = "DURATION",
                .description = "only lines that are not older, such as 10m",
                .target = &options.since});
  table.option({.names = "--since-time",
                .value = "TIME",
                .description = "only lines from then on, such as 2026-01-02T03:04:05Z",
                .target = &options.since_time});
  table.option({.names = "-p,--previous",
                .value = "",
                .description = "the run before the last restart",
                .target = &options.previous});
}

void add_view_options(OptionTable& table, LogsOptions& options) {
  table.option({.names = "--include",
                .value = "REGEX",
                .description = "only lines that match; may be repeated",
                .target = &options.include});
  table.option({.names = "--exclude",
                .value = "REGEX",
                .description = "no lines that match; may be repeated",
                .target = &options.exclude});
  table.option({.names = "--json",
                .value = "",
                .description = "show lines that are JSON as level, message and fields",
                .target = &options.json});
  table.option({.names = "--fields",
                .value = "NAMES",
                .description = "with --json: only these fields, such as status,req.url",
                .target = &options.fields});
  table.option({.names = "--where",
                .value = "CONDITION",
                .description = "only lines that are JSON and meet it, such as level>=warn; may be repeated",
                .target = &options.where});
  table.option({.names = "--timestamps",
                .value = "",
                .description = "begin each line with its time",
                .target = &options.timestamps});
}

}  // namespace

Action bind_logs(OptionTable& table) {
  const auto options = std::make_shared<LogsOptions>();
  add_selection_options(table, *options);
  add_range_options(table, *options);
  add_view_options(table, *options);
  return [options](Session& session) { return run_logs(session, *options); };
}

}  // namespace kforge::cli
