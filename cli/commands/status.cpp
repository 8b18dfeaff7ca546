// SPDX-License-Identifier: Apache-2.0
#include "observe/status.hpp"

#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "os/files.hpp"
#include "ui/live_block.hpp"
#include "ui/status_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace kforge::cli {
namespace {

constexpr std::size_t largest_list = std::size_t{256} << 20;
constexpr std::chrono::seconds watch_pause{2};

struct StatusOptions {
  std::vector<std::string> services;
  std::string from;
  bool watch = false, all = false;
};

std::vector<Json> objects_of_file(const std::string& name, const Environment& environment) {
  const std::string path = name == "-" ? "/dev/stdin" : absolute_path(name, environment.working_directory);
  const std::optional<std::string> text = read_file(path, largest_list);
  if (!text) throw Error(ErrorKind::not_found, fmt::format("no file '{}'", name));
  Json list = Json::parse(*text, nullptr, false);
  if (list.is_discarded() || !list.is_object())
    throw Error(ErrorKind::project_invalid, fmt::format("'{}' is not a JSON object", name))
        .hint("write it with `kubectl get all,configmap,pvc -A -o json`");
  return kube::items_of(std::move(list));
}

// The state of the chosen services now.
observe::ProjectStatus look(Session& session, const StatusOptions& options) {
  const Deps& deps = session.deps();
  // Scripts pick what they want themselves.
  const auto kinds = options.all || session.json() ? observe::Kinds::all : observe::Kinds::workloads;
  const auto judge = [&](const std::vector<Json>& objects) {
    return observe::status_of(objects, deps.clock.now(), deps.clock.wall_time(), kinds);
  };
  if (!options.from.empty()) {
    observe::ProjectStatus status = judge(objects_of_file(options.from, deps.environment));
    if (status.project.empty()) status.project = options.from;
    return status;
  }
  const project::Project& project = session.project();
  const std::vector<std::string> services = services_named(project, options.services);
  observe::ProjectStatus status = judge(observe::read_project(session.client(), project));
  status.project = project.name;
  status.context = session.access().context;
  if (!services.empty())
    std::erase_if(status.objects, [&](const observe::ObjectRow& row) {
      return std::ranges::find(services, row.service) == services.end();
    });
  for (const std::string& warning : session.client().take_warnings()) session.warn(warning);
  return status;
}

std::vector<ui::Line> lines_of(Session& session, const observe::ProjectStatus& status) {
  if (status.objects.empty())
    return {fmt::format("{} is not deployed{}; `kforge up` deploys it", status.project,
                        status.context.empty() ? "" : " on " + status.context)};
  const auto pods = session.settings().detail == ui::Detail::full ? ui::Pods::shown : ui::Pods::hidden;
  return ui::status_lines(status, session.deps().clock.wall_time(), pods, session.out_style());
}

// Reads again every two seconds until a signal ends it; a terminal is redrawn in place, a pipe gets what changed.
[[noreturn]] void watch(Session& session, const StatusOptions& options) {
  Terminal& terminal = session.deps().terminal;
  const ui::Style& style = session.out_style();
  ui::LiveBlock block(terminal, Stream::out);
  for (std::string shown_before;;) {
    std::vector<ui::Line> lines = lines_of(session, look(session, options));
    if (style.live) {
      const auto most = static_cast<std::size_t>(std::max(2, terminal.height(Stream::out) - 1));
      if (lines.size() > most) lines.resize(most);
      block.draw(lines, style);
    } else if (const std::string text = ui::paint_all(lines, style); text != shown_before) {
      session.print(shown_before.empty() ? text : "\n" + text);
      shown_before = text;
    }
    session.client().wait(session.deps().clock.now() + watch_pause);
  }
}

int run_status(Session& session, const StatusOptions& options) {
  if (options.watch && (session.json() || !options.from.empty()))
    throw Error(ErrorKind::usage, fmt::format("--watch does not go with {}", session.json() ? "-o json" : "--from"))
        .hint(session.json() ? "run `kforge status -o json` again and again instead" : "");
  if (options.watch) watch(session, options);
  const observe::ProjectStatus status = look(session, options);
  if (session.json())
    session.print_json(observe::to_json(status));
  else
    session.print(ui::paint_all(lines_of(session, status), session.out_style()));
  return 0;
}

}  // namespace

Action bind_status(OptionTable& table) {
  const auto options = std::make_shared<StatusOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to show; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option(
      {.names = "-w,--watch", .value = "", .description = "keep looking until Ctrl-C", .target = &options->watch});
  table.option(
      {.names = "-a,--all", .value = "", .description = "every object, not only what runs", .target = &options->all});
  table.option({.names = "--from",
                .value = "FILE",
                .description = "read a List of `kubectl get -o json` instead of a cluster; '-' is stdin",
                .target = &options->from,
                .complete = Complete::file});
  return [options](Session& session) { return run_status(session, *options); };
}

}  // namespace kforge::cli
