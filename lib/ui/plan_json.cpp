// SPDX-License-Identifier: Apache-2.0
#include "ui/plan_json.hpp"

#include "ui/error_text.hpp"

namespace kforge::ui {
namespace {

Json demand_json(const deploy::Demand& demand) {
  return {{"pods", demand.pods}, {"milliCpu", demand.milli_cpu}, {"memoryBytes", demand.memory}};
}

Json fields_json(const std::vector<deploy::FieldChange>& fields) {
  Json list = Json::array();
  for (const deploy::FieldChange& field : fields) {
    Json made = {{"path", field.path}, {"before", field.before}, {"after", field.after}};
    if (!field.manager.empty()) made["manager"] = field.manager;
    if (field.since) made["since"] = format_rfc3339(*field.since);
    list.push_back(std::move(made));
  }
  return list;
}

Json conflicts_json(const std::vector<deploy::HeldField>& fields) {
  Json list = Json::array();
  for (const deploy::HeldField& field : fields)
    list.push_back({{"path", field.path},
                    {"manager", field.manager},
                    {"since", field.since ? Json(format_rfc3339(*field.since)) : Json()},
                    {"live", field.live},
                    {"ours", field.ours}});
  return list;
}

Json object_json(const deploy::PlannedObject& object) {
  Json made = {{"apiVersion", object.object.kind.api_version()}, {"kind", object.object.kind.kind},
               {"namespace", object.object.name_space},          {"name", object.object.name},
               {"stage", project::to_string(object.tier)},       {"service", object.service},
               {"action", deploy::to_string(object.category)},   {"fields", fields_json(object.fields)},
               {"conflicts", conflicts_json(object.conflicts)},  {"restarts", object.impact.restarts}};
  if (object.impact.surge.any()) made["surge"] = demand_json(object.impact.surge);
  if (object.impact.growth.any()) made["growth"] = demand_json(object.impact.growth);
  if (object.impact.downtime) made["downtime"] = true;
  if (!object.impact.images.empty()) made["images"] = object.impact.images;
  if (!object.replaces.empty()) made["replaces"] = object.replaces;
  if (!object.remark.empty()) made["remark"] = object.remark;
  if (object.place) made["place"] = place_json(*object.place);
  return made;
}

Json counts_json(const deploy::Preview& preview) {
  using enum deploy::Category;
  Json counts = Json::object();
  for (const deploy::Category category : {create, update, restart, recreate, conflict, remove, keep, unchanged})
    counts[std::string(deploy::to_string(category))] = preview.count(category);
  return counts;
}

}  // namespace

Json plan_json(const deploy::Started& run, const deploy::Preview& preview) {
  Json objects = Json::array();
  for (const deploy::PlannedObject& object : preview.objects) objects.push_back(object_json(object));
  Json document = {{"v", 1},
                   {"project", run.project},
                   {"environment", run.environment},
                   {"context", run.context},
                   {"server", run.server},
                   {"user", run.user},
                   {"changes", preview.changes()},
                   {"counts", counts_json(preview)},
                   {"objects", std::move(objects)},
                   {"remarks", preview.remarks}};
  if (!preview.baseline.empty()) document["baseline"] = preview.baseline;
  return document;
}

}  // namespace kforge::ui
