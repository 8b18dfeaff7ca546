// SPDX-License-Identifier: Apache-2.0
#include "cli/looking.hpp"

#include "ui/live_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::cli {

bool is_long_running(const observe::ObjectRow& row) {
  static constexpr std::array kinds{"Deployment", "StatefulSet", "DaemonSet"};
  return std::ranges::find(kinds, row.object.kind.kind) != kinds.end();
}

Look look_at(Session& session, const std::vector<std::string>& services, observe::Kinds kinds) {
  const Deps& deps = session.deps();
  const project::Project& project = session.project();
  kube::Client& client = session.client();
  Look look;
  observe::UsageReading usage(client, observe::namespaces_of(project), observe::selector_of(project));
  look.objects = observe::read_project(client, project);
  look.usage = usage.finish();
  look.status = observe::status_of(look.objects, deps.clock.now(), deps.clock.wall_time(), kinds);
  look.status.project = project.name;
  look.status.context = session.access().context;
  observe::add_usage(look.status, look.usage);
  if (!services.empty())
    std::erase_if(look.status.objects, [&](const observe::ObjectRow& row) {
      return std::ranges::find(services, row.service) == services.end();
    });
  for (const std::string& warning : client.take_warnings()) session.warn(warning);
  return look;
}

std::string not_deployed(const observe::ProjectStatus& status) {
  return fmt::format("{} is not deployed{}; `kforge up` deploys it", status.project,
                     status.context.empty() ? "" : " on " + status.context);
}

const observe::ObjectRow& workload_row(const observe::ProjectStatus& status, const std::string& service) {
  const auto found = std::ranges::find_if(
      status.objects, [&](const observe::ObjectRow& row) { return row.service == service && is_long_running(row); });
  if (found == status.objects.end())
    throw Error(ErrorKind::not_found, fmt::format("'{}' is not deployed on {}", service, status.context))
        .hint(fmt::format("`kforge up {}` deploys it", service));
  return *found;
}

void keep_showing(Session& session, std::chrono::milliseconds pause, const Picture& picture) {
  Terminal& terminal = session.deps().terminal;
  const ui::Style& style = session.out_style();
  ui::LiveBlock block(terminal, Stream::out);
  for (std::string shown_before;;) {
    std::vector<ui::Line> lines = picture();
    if (style.live) {
      const auto most = static_cast<std::size_t>(std::max(2, terminal.height(Stream::out) - 1));
      if (lines.size() > most) lines.resize(most);
      block.draw(lines, style);
    } else if (const std::string text = ui::paint_all(lines, style); text != shown_before) {
      session.print(shown_before.empty() ? text : "\n" + text);
      shown_before = text;
    }
    session.client().wait(session.deps().clock.now() + pause);
  }
}

void refuse_watched_json(const Session& session, const std::string& command) {
  if (!session.json()) return;
  throw Error(ErrorKind::usage, "--watch does not go with -o json")
      .hint(fmt::format("run `kforge {} -o json` again and again instead", command));
}

}  // namespace kforge::cli
