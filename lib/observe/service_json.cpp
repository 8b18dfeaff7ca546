// SPDX-License-Identifier: Apache-2.0
// The JSON form of `kforge describe`: the row of the status, and what else is known.
#include "observe/service_view.hpp"

namespace kforge::observe {
namespace {

Json probe_json(const ProbeView& probe) {
  Json made = {{"name", probe.name}, {"check", probe.check}, {"result", probe.result}, {"good", probe.good}};
  if (!probe.trouble.empty()) made["trouble"] = probe.trouble;
  return made;
}

Json container_json(const ContainerView& container) {
  Json made = {{"name", container.name},     {"image", container.image},     {"requests", container.requests},
               {"limits", container.limits}, {"command", container.command}, {"environment", Json::array()},
               {"probes", Json::array()}};
  for (const auto& [name, value] : container.environment)
    made["environment"].push_back({{"name", name}, {"value", value}});
  for (const ProbeView& probe : container.probes) made["probes"].push_back(probe_json(probe));
  return made;
}

}  // namespace

Json to_json(const ServiceView& view) {
  ProjectStatus status;
  status.objects.push_back(view.row);
  Json made = to_json(status)["objects"][0];
  made["containers"] = Json::array();
  for (const ContainerView& container : view.containers) made["containers"].push_back(container_json(container));
  made["addresses"] = view.addresses;
  made["volumes"] = view.volumes;
  made["strategy"] = view.strategy;
  made["changedBy"] = view.changed_by;
  made["changes"] = Json::array();
  for (const Change& change : view.changes) {
    made["changes"].push_back({{"revision", change.revision}, {"what", change.what}});
    if (change.at) made["changes"].back()["at"] = format_rfc3339(*change.at);
  }
  made["events"] = Json::array();
  for (const EventRow& event : view.events) made["events"].push_back(to_json(event));
  return made;
}

}  // namespace kforge::observe
