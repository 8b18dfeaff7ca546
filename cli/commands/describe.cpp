// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/commands.hpp"
#include "cli/looking.hpp"
#include "cli/services.hpp"
#include "observe/gathering.hpp"
#include "rollout/reading.hpp"
#include "ui/service_page.hpp"

#include <memory>

namespace kforge::cli {
namespace {

// What the look at the project has left out: all events of the namespace, and the ConfigMaps of the service.
std::vector<Json> details_of(Session& session, const observe::ObjectRow& row, const std::vector<Json>& objects) {
  kube::Client& client = session.client();
  observe::Gathering gathering(client);
  gathering.read(observe::events_request(client, row.object.name_space, observe::Severity::all),
                 observe::Need::optional);
  for (const kube::ObjectRef& map : observe::config_maps_of(row, objects))
    gathering.read(kube::get_request(kube::resolve_kind(client, map.kind), map), observe::Need::optional);
  return gathering.finish();
}

int run_describe(Session& session, const std::string& typed) {
  const std::string service = services_named(session.project(), {typed}).front();
  Look look = look_at(session, {service}, observe::Kinds::workloads);
  const observe::ObjectRow& row = workload_row(look.status, service);
  const std::vector<Json> details = details_of(session, row, look.objects);
  for (const Json& detail : details)
    if (rollout::kind_of(detail) == "ConfigMap") look.objects.push_back(detail);
  const observe::ServiceView view = observe::service_view(row, look.objects, details);
  if (session.json())
    session.print_json(observe::to_json(view));
  else
    session.print(ui::paint_all(ui::service_page(view, session.deps().clock.wall_time(), session.out_style()),
                                session.out_style()));
  return 0;
}

}  // namespace

Action bind_describe(OptionTable& table) {
  const auto service = std::make_shared<std::string>();
  table.argument({.name = "SERVICE",
                  .description = "the service to describe",
                  .target = service.get(),
                  .required = true,
                  .complete = Complete::service});
  return [service](Session& session) { return run_describe(session, *service); };
}

}  // namespace kforge::cli
