// SPDX-License-Identifier: Apache-2.0
#include "ui/result_document.hpp"

#include "ui/event_json.hpp"
#include "ui/progress_model.hpp"

namespace kforge::ui {

Json& ResultDocument::object_row(project::Tier tier, const kube::ObjectRef& object) {
  const auto [position, is_new] = rows_.try_emplace(object, objects_.size());
  if (is_new)
    objects_.push_back({{"stage", project::to_string(tier)},
                        {"kind", object.kind.kind},
                        {"namespace", object.name_space},
                        {"name", object.name}});
  return objects_[position->second];
}

void ResultDocument::on_event(const deploy::Event& event) {
  std::visit(Overloaded{[&](const deploy::Started& started) { started_ = started; },
                        [&](const deploy::ObjectApplied& applied) {
                          Json& row = object_row(applied.tier, applied.object);
                          row["action"] = deploy::to_string(applied.action);
                          if (!applied.detail.empty()) row["detail"] = applied.detail;
                        },
                        [&](const deploy::ObjectState& state) {
                          Json& row = object_row(state.tier, state.object);
                          row["verdict"] = rollout::to_string(state.verdict.state);
                          row["reason"] = state.verdict.reason;
                          row["message"] = state.verdict.message;
                        },
                        [&](const deploy::StageEnded& ended) {
                          stages_.push_back({{"stage", project::to_string(ended.tier)},
                                             {"status", ended.ready ? "ready" : "failed"},
                                             {"tookMs", ended.took.count()}});
                        },
                        [&](const deploy::WarningText& warning) { warnings_.push_back(warning.text); },
                        [&](const deploy::Diagnosis& diagnosis) { failures_.push_back(diagnosis_json(diagnosis)); },
                        [&](const deploy::Finished& finished) { finished_ = finished; }, [](const auto&) {}},
             event);
}

Json ResultDocument::document() const {
  Json document = event_json(finished_.value_or(deploy::Finished{}));
  document.erase("type");
  if (!finished_) {
    document["status"] = "failed";
    document.erase("exitCode");
  }
  document["command"] = started_.command;
  document["project"] = started_.project;
  document["environment"] = started_.environment;
  document["context"] = started_.context;
  document["server"] = started_.server;
  document["stages"] = stages_;
  document["objects"] = objects_;
  document["failures"] = failures_;
  document["warnings"] = warnings_;
  return document;
}

}  // namespace kforge::ui
