// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "cli/cluster_pins.hpp"
#include "cli/commands/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "deploy/deploy.hpp"
#include "ui/event_json.hpp"
#include "ui/line.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>

namespace kforge::cli {
namespace {

struct DownOptions {
  bool delete_data = false, dry_run = false;
  ClusterChoice cluster;
};

bool holds_data(const kube::ObjectRef& object) {
  const std::string& kind = object.kind.kind;
  return kind == "PersistentVolumeClaim" || kind == "Secret" || kind == "Namespace";
}

// "3 Deployments, 2 Services": counts by kind.
std::string kinds_text(const std::vector<kube::ObjectRef>& objects) {
  std::map<std::string, std::size_t> counts;
  for (const kube::ObjectRef& object : objects) ++counts[object.kind.kind];
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(fmt::format("{} {}", count, kind));
  return join(parts, ", ");
}

// What goes, what stays; everything that holds data by name.
std::string plan_text(const deploy::DownPlan& plan, const ui::Style& style) {
  std::vector<ui::Line> lines;
  const std::string removed = "removes " + counted(plan.removed.size(), "object") + ": " + kinds_text(plan.removed);
  for (const std::string& line : ui::wrapped(removed, style.terminal ? style.width : 100)) lines.emplace_back(line);
  for (const kube::ObjectRef& object : plan.removed)
    if (object.kind.kind == "PersistentVolumeClaim" || object.kind.kind == "Namespace")
      lines.push_back(
          ui::Line("  ").add(style.warn(), ui::Colour::red).add(" " + object.to_string() + " with all its data"));
  if (!plan.kept.empty()) lines.emplace_back("keeps " + counted(plan.kept.size(), "object") + ":");
  for (const kube::ObjectRef& object : plan.kept)
    if (holds_data(object)) lines.push_back(ui::Line("    ").add(object.to_string(), ui::Colour::dim));
  return ui::paint_all(lines, style);
}

Json plan_json(const deploy::DownPlan& plan) {
  Json removed = Json::array(), kept = Json::array();
  for (const kube::ObjectRef& object : plan.removed) removed.push_back(ui::resource_json(object));
  for (const kube::ObjectRef& object : plan.kept) kept.push_back(ui::resource_json(object));
  return {{"removed", std::move(removed)}, {"kept", std::move(kept)}};
}

// Views that are told nothing: planning has no stages.
struct Silence final : deploy::Observer {
  void on_event(const deploy::Event&) override {}
};

int show_plan(Session& session, const deploy::DownPlan& plan) {
  if (session.json())
    session.print_json(plan_json(plan));
  else
    session.print(plan_text(plan, session.out_style()));
  return 0;
}

int run_down(Session& session, const DownOptions& options) {
  deploy::DownRequest request;
  request.data = options.delete_data ? deploy::Data::remove : deploy::Data::keep;
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.cluster = cluster_guard(session, options.cluster);
  const project::Project& project = session.project();
  const auto context = [&](deploy::Observer& observer) {
    return deploy::Context{session.client(), session.deps().clock, project, session.deps().environment, observer};
  };
  Silence silence;
  const deploy::DownPlan plan = deploy::plan_down(context(silence), request);
  if (options.dry_run) return show_plan(session, plan);
  if (!plan.removed.empty()) {
    session.note(plan_text(plan, session.err_style()));
    const std::string& place =
        session.access().context.empty() ? session.access().connection.base_url : session.access().context;
    confirm_by_name(session, fmt::format("remove {} from {}", project.name, place), project.name);
  }
  RunViews views(session);
  return views.run([&] { return deploy::down(context(views), request); });
}

}  // namespace

Action bind_down(OptionTable& table) {
  const auto options = std::make_shared<DownOptions>();
  table.option({.names = "--delete-data",
                .value = "",
                .description = "remove volumes, generated secrets and namespaces too",
                .target = &options->delete_data});
  table.option({.names = "--dry-run",
                .value = "",
                .description = "only show what would be removed",
                .target = &options->dry_run});
  add_cluster_options(table, options->cluster);
  return [options](Session& session) { return run_down(session, *options); };
}

}  // namespace kforge::cli
