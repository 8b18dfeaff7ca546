// SPDX-License-Identifier: Apache-2.0
#include "observe/status.hpp"

#include "cli/commands/commands.hpp"
#include "cli/looking.hpp"
#include "cli/releases.hpp"
#include "cli/services.hpp"
#include "cli/session.hpp"
#include "os/files.hpp"
#include "ui/status_table.hpp"

#include <fmt/format.h>

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
  // Scripts pick what they want themselves.
  const auto kinds = options.all || session.json() ? observe::Kinds::all : observe::Kinds::workloads;
  if (options.from.empty()) {
    observe::ProjectStatus status = look_at(session, services_named(session.project(), options.services), kinds).status;
    status.release = last_release(session);
    return status;
  }
  const Deps& deps = session.deps();
  observe::ProjectStatus status = observe::status_of(objects_of_file(options.from, deps.environment), deps.clock.now(),
                                                     deps.clock.wall_time(), kinds);
  if (status.project.empty()) status.project = options.from;
  return status;
}

std::vector<ui::Line> lines_of(Session& session, const observe::ProjectStatus& status) {
  if (status.objects.empty()) return {not_deployed(status)};
  const auto pods = session.settings().detail == ui::Detail::full ? ui::Pods::shown : ui::Pods::hidden;
  return ui::status_lines(status, session.deps().clock.wall_time(), pods, session.out_style());
}

int run_status(Session& session, const StatusOptions& options) {
  if (options.watch) {
    refuse_watched_json(session, "status");
    if (!options.from.empty()) throw Error(ErrorKind::usage, "--watch does not go with --from");
    keep_showing(session, watch_pause, [&] { return lines_of(session, look(session, options)); });
  }
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
