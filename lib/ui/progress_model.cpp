// SPDX-License-Identifier: Apache-2.0
#include "ui/progress_model.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::ui {
namespace {

bool is_workload(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet";
}

}  // namespace

std::string WatchedObject::ready_count() const {
  return counts ? fmt::format("{}/{}", counts->ready, counts->wanted) : std::string();
}

std::size_t StageProgress::changed() const {
  return static_cast<std::size_t>(std::ranges::count_if(done, [](const deploy::ObjectApplied& item) {
    return item.action != deploy::Action::unchanged && item.action != deploy::Action::keep;
  }));
}

std::vector<const WatchedObject*> StageProgress::counted() const {
  std::vector<const WatchedObject*> with_pods, all;
  for (const WatchedObject& object : watched) {
    all.push_back(&object);
    if (object.counts) with_pods.push_back(&object);
  }
  return with_pods.empty() ? all : with_pods;
}

std::size_t StageProgress::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(watched, &WatchedObject::waiting));
}

StageProgress& ProgressModel::stage_of(project::Tier tier) {
  const auto found = std::ranges::find(stages_, tier, &StageProgress::tier);
  if (found != stages_.end()) return *found;
  stages_.emplace_back().tier = tier;
  return stages_.back();
}

const StageProgress* ProgressModel::current() const {
  const auto found = std::ranges::find_if(stages_, [](const StageProgress& stage) {
    return stage.state == StageState::running || stage.state == StageState::failed;
  });
  return found == stages_.end() ? nullptr : &*found;
}

void ProgressModel::on(const deploy::Planned& event) {
  plan_ = event.summary;
  planned_ = true;
  for (const deploy::StageOutline& outline : event.stages) stage_of(outline.tier).members = outline.services;
}

void ProgressModel::on(const deploy::ObjectState& event, Clock::time_point now) {
  StageProgress& stage = stage_of(event.tier);
  const auto [position, is_new] = stage.positions.try_emplace(event.object, stage.watched.size());
  if (is_new) stage.watched.emplace_back();
  stage.watched[position->second] = {.object = event.object,
                                     .name = name_for_people(event.object, event.service),
                                     .verdict = event.verdict,
                                     .counts = event.counts,
                                     .since = now - event.in_state,
                                     .limit = event.limit};
}

void ProgressModel::apply(const deploy::Event& event, Clock::time_point now) {
  std::visit(Overloaded{[&](const deploy::Started& started) {
                          started_ = started;
                          began_ = now;
                        },
                        [&](const deploy::Planned& planned) { on(planned); },
                        [&](const deploy::StageStarted& started) {
                          StageProgress& stage = stage_of(started.tier);
                          stage.state = StageState::running;
                          stage.started = now;
                          stage.to_change = started.changing.size();
                        },
                        [&](const deploy::ObjectApplied& applied) { stage_of(applied.tier).done.push_back(applied); },
                        [&](const deploy::ObjectState& state) { on(state, now); },
                        [&](const deploy::StageEnded& ended) {
                          StageProgress& stage = stage_of(ended.tier);
                          stage.state = ended.ready ? StageState::ready : StageState::failed;
                          stage.took = ended.took;
                        },
                        [](const deploy::WarningText&) {},
                        [&](const deploy::Diagnosis& diagnosis) { diagnoses_.push_back(diagnosis); },
                        [&](const deploy::Finished& finished) { finished_ = finished; }},
             event);
}

std::string name_for_people(const kube::ObjectRef& object, const std::string& service) {
  if (!service.empty() && is_workload(object.kind.kind)) return service;
  if (is_workload(object.kind.kind)) return object.name;
  return object.kind.kind + " " + object.name;
}

namespace {

// A verb touches what it was told to; zeros would say nothing.
std::string verb_text(const deploy::PlanSummary& plan) {
  if (plan.update + plan.create == 0) return "nothing to change";
  std::vector<std::string> parts;
  if (plan.update > 0) parts.push_back(fmt::format("{} to update", plan.update));
  if (plan.create > 0) parts.push_back(fmt::format("{} to create", plan.create));
  return join(parts, ", ");
}

}  // namespace

std::string plan_text(const ProgressModel& model) {
  const deploy::PlanSummary& plan = model.plan();
  if (model.started().in_place) return verb_text(plan);
  std::string text = model.removes() ? fmt::format("{} to delete", plan.remove)
                                     : fmt::format("{} to update, {} to create, {} unchanged, {} to delete",
                                                   plan.update, plan.create, plan.unchanged, plan.remove);
  if (plan.keep > 0) text += fmt::format(", {} kept", plan.keep);
  if (plan.conflict > 0) text += ", " + counted(static_cast<std::size_t>(plan.conflict), "conflict");
  return text;
}

std::string outcome_text(const deploy::PlanSummary& plan) {
  std::vector<std::string> parts;
  const std::array<std::pair<int, std::string_view>, 5> rows{{{plan.update, "updated"},
                                                              {plan.create, "created"},
                                                              {plan.remove, "deleted"},
                                                              {plan.keep, "kept"},
                                                              {plan.unchanged, "unchanged"}}};
  for (const auto& [count, word] : rows)
    if (count > 0) parts.push_back(fmt::format("{} {}", count, word));
  return join(parts, ", ");
}

bool nothing_to_do(const deploy::PlanSummary& plan) {
  return plan.create + plan.update + plan.remove + plan.conflict == 0;
}

}  // namespace kforge::ui
