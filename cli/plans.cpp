// SPDX-License-Identifier: Apache-2.0
#include "cli/plans.hpp"

#include "cli/tell_error.hpp"
#include "ui/error_text.hpp"
#include "ui/plan_json.hpp"
#include "ui/plan_view.hpp"

namespace kforge::cli {
namespace {

deploy::Started target_of(Session& session, const std::string& command) {
  const kube::ClusterAccess& access = session.access();
  return {.command = command,
          .project = session.project().name,
          .environment = session.project().environment,
          .context = access.context,
          .server = access.connection.base_url,
          .user = access.user};
}

}  // namespace

void WarningsToStderr::on_event(const deploy::Event& event) {
  if (const auto* warning = std::get_if<deploy::WarningText>(&event)) session_.warn(warning->text);
}

deploy::Context context_of(Session& session, deploy::Observer& observer) {
  return {session.client(), session.deps().clock, session.project(), session.deps().environment, observer};
}

void show_plan(Session& session, const deploy::Preview& preview, const PlanEnding& ending) {
  const deploy::Started target = target_of(session, ending.command);
  if (session.json()) {
    Json document = ui::plan_json(target, preview);
    document["exitCode"] = ending.exit_code;
    document["error"] = ending.error ? ui::error_json(*ending.error, ending.exit_code) : Json();
    session.print_json(document);
  } else {
    const ui::Style& style = session.out_style();
    const ui::PlanLook look{.now = session.deps().clock.wall_time(),
                            .detail = session.settings().detail,
                            .drift = ending.command == "drift"};
    session.print(ui::plan_title(target, style).paint(style) + "\n" +
                  ui::paint_all(ui::plan_lines(preview, look, style), style));
  }
  if (ending.error) tell_error(session.deps(), session.err_style(), *ending.error);
}

}  // namespace kforge::cli
