// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/looking.hpp"
#include "cli/services.hpp"
#include "ui/top_table.hpp"

#include <memory>

namespace kforge::cli {
namespace {

// The kubelets are asked every 15 s by most metrics servers; the same sample is not counted twice.
constexpr std::chrono::seconds watch_pause{5};

struct TopOptions {
  std::vector<std::string> services;
  bool watch = false;
};

Look measure(Session& session, const TopOptions& options) {
  Look look = look_at(session, services_named(session.project(), options.services), observe::Kinds::workloads);
  if (!look.usage.missing.empty())
    throw Error(ErrorKind::not_found, "CPU and memory use are not known: " + look.usage.missing)
        .hint("install metrics-server (the guide's autoscaling needs it too); `kforge status` works without it");
  return look;
}

std::vector<ui::Line> lines_of(Session& session, const Look& look, observe::History& history) {
  if (look.status.objects.empty()) return {not_deployed(look.status)};
  history.add(look.status, look.usage);
  const auto pods = session.settings().detail == ui::Detail::full ? ui::Pods::shown : ui::Pods::hidden;
  std::vector<ui::Line> lines = ui::top_lines(look.status, history, pods, session.out_style());
  if (look.usage.pods.empty()) lines.emplace_back("no samples yet; a pod is measured about a minute after its start");
  return lines;
}

int run_top(Session& session, const TopOptions& options) {
  observe::History history;
  if (options.watch) {
    refuse_watched_json(session, "top");
    keep_showing(session, watch_pause, [&] { return lines_of(session, measure(session, options), history); });
  }
  const Look look = measure(session, options);
  if (session.json())
    session.print_json(observe::to_json(look.status));
  else
    session.print(ui::paint_all(lines_of(session, look, history), session.out_style()));
  return 0;
}

}  // namespace

Action bind_top(OptionTable& table) {
  const auto options = std::make_shared<TopOptions>();
  table.argument({.name = "SERVICE",
                  .description = "services to show; default: the whole project",
                  .target = &options->services,
                  .complete = Complete::service});
  table.option({.names = "-w,--watch",
                .value = "",
                .description = "keep measuring until Ctrl-C, with a trend",
                .target = &options->watch});
  return [options](Session& session) { return run_top(session, *options); };
}

}  // namespace kforge::cli
