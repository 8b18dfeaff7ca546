// SPDX-License-Identifier: Apache-2.0
#include "ui/event_json.hpp"

#include "ui/error_text.hpp"
#include "ui/progress_model.hpp"

namespace kforge::ui {
namespace {

Json resources_json(const std::vector<kube::ObjectRef>& objects) {
  Json list = Json::array();
  for (const kube::ObjectRef& object : objects) list.push_back(resource_json(object));
  return list;
}

Json tiers_json(const std::vector<project::Tier>& tiers) {
  Json list = Json::array();
  for (const project::Tier tier : tiers) list.push_back(project::to_string(tier));
  return list;
}

// {"code", "text", "evidence"}; null without a known cause.
Json cause_json(const rollout::Verdict& verdict) {
  if (verdict.code.empty()) return nullptr;
  return {{"code", verdict.code}, {"text", verdict.message}, {"evidence", verdict.evidence}};
}

Json to_json(const deploy::Started& event) {
  return {{"type", "started"},        {"command", event.command},
          {"project", event.project}, {"environment", event.environment},
          {"context", event.context}, {"server", event.server},
          {"user", event.user}};
}

Json to_json(const deploy::Planned& event) {
  Json stages = Json::array();
  for (const deploy::StageOutline& stage : event.stages)
    stages.push_back({{"stage", project::to_string(stage.tier)}, {"services", stage.services}});
  return {{"type", "planned"},
          {"counts", counts_json(event.summary)},
          {"restarts", event.summary.restarts},
          {"stages", std::move(stages)}};
}

Json to_json(const deploy::StageStarted& event) {
  return {{"type", "stage_started"},
          {"stage", project::to_string(event.tier)},
          {"changing", resources_json(event.changing)},
          {"waitedFor", resources_json(event.waited_for)}};
}

Json to_json(const deploy::ObjectApplied& event) {
  return {{"type", "applied"},
          {"stage", project::to_string(event.tier)},
          {"resource", resource_json(event.object)},
          {"status", deploy::to_string(event.action)},
          {"detail", event.detail}};
}

Json to_json(const deploy::ObjectState& event) {
  Json json = {{"type", "state"},
               {"stage", project::to_string(event.tier)},
               {"resource", resource_json(event.object)},
               {"service", event.service},
               {"status", rollout::to_string(event.verdict.state)},
               {"reason", event.verdict.reason},
               {"message", event.verdict.message},
               {"cause", cause_json(event.verdict)},
               {"inStateMs", event.in_state.count()}};
  if (event.counts) json["pods"] = {{"ready", event.counts->ready}, {"wanted", event.counts->wanted}};
  return json;
}

Json to_json(const deploy::StageEnded& event) {
  return {{"type", "stage_ended"},
          {"stage", project::to_string(event.tier)},
          {"status", event.ready ? "ready" : "failed"},
          {"tookMs", event.took.count()}};
}

Json to_json(const deploy::WarningText& event) {
  return {{"type", "warning"}, {"text", event.text}};
}

Json to_json(const deploy::Diagnosis& event) {
  Json json = diagnosis_json(event);
  json["type"] = "diagnosis";
  return json;
}

Json to_json(const deploy::Finished& event) {
  return {{"type", "summary"},
          {"status", event.outcome},
          {"exitCode", event.exit_code},
          {"counts", counts_json(event.summary)},
          {"tookMs", event.took.count()},
          {"notReached", tiers_json(event.not_reached)},
          {"applied", resources_json(event.applied)},
          {"nextSteps", event.next_steps},
          {"remarks", event.remarks}};
}

}  // namespace

Json event_json(const deploy::Event& event) {
  return std::visit([](const auto& value) { return to_json(value); }, event);
}

Json resource_json(const kube::ObjectRef& object) {
  return {{"kind", object.kind.kind}, {"ns", object.name_space}, {"name", object.name}};
}

Json counts_json(const deploy::PlanSummary& plan) {
  return {{"create", plan.create}, {"update", plan.update}, {"unchanged", plan.unchanged},
          {"delete", plan.remove}, {"keep", plan.keep},     {"conflict", plan.conflict}};
}

Json diagnosis_json(const deploy::Diagnosis& diagnosis) {
  const rollout::Verdict& verdict = diagnosis.verdict;
  return {{"stage", project::to_string(diagnosis.tier)},
          {"resource", resource_json(diagnosis.object)},
          {"service", diagnosis.service},
          {"status", diagnosis.timed_out ? "timed out" : "failed"},
          {"reason", verdict.reason},
          {"message", verdict.message},
          {"cause", cause_json(verdict)},
          {"pod", verdict.pod},
          {"container", verdict.container},
          {"podsAffected", verdict.pods_affected},
          {"podsTotal", verdict.pods_total},
          {"place", diagnosis.place ? place_json(*diagnosis.place) : Json()},
          {"log", {{"source", diagnosis.log_source}, {"lines", diagnosis.log_lines}}},
          {"events", diagnosis.event_lines},
          {"afterMs", diagnosis.after.count()}};
}

}  // namespace kforge::ui
