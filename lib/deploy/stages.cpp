// SPDX-License-Identifier: Apache-2.0
#include "deploy/stages.hpp"

#include <algorithm>
#include <iterator>

namespace kforge::deploy {
namespace {

std::vector<Change*> joined(const Stage& stage, bool foundation, bool rest) {
  std::vector<Change*> changes;
  for (const auto& [wave, members] : stage.waves)
    if (wave == render::Wave::scope ? foundation : rest) changes.insert(changes.end(), members.begin(), members.end());
  return changes;
}

}  // namespace

std::vector<Change*> Stage::changes() const {
  return joined(*this, true, true);
}
std::vector<Change*> Stage::foundation() const {
  return joined(*this, true, false);
}
std::vector<Change*> Stage::rest() const {
  return joined(*this, false, true);
}

std::vector<Stage> stages_of(std::vector<Change>& changes) {
  std::map<project::Tier, Stage> by_tier;
  for (Change& change : changes) {
    Stage& stage = by_tier[change.object->tier];
    stage.tier = change.object->tier;
    stage.waves[render::wave_of(change.intent())].push_back(&change);
  }
  std::vector<Stage> stages;
  for (auto& [tier, stage] : by_tier) stages.push_back(std::move(stage));
  return stages;
}

std::vector<StageOutline> outline_of(const std::vector<Stage>& stages) {
  std::vector<StageOutline> outlines;
  for (const Stage& stage : stages) {
    StageOutline& outline = outlines.emplace_back(StageOutline{.tier = stage.tier, .services = {}});
    for (const Change* change : stage.changes())
      if (const std::string& service = change->object->service;
          !service.empty() && std::ranges::find(outline.services, service) == outline.services.end())
        outline.services.push_back(service);
  }
  return outlines;
}

}  // namespace kforge::deploy
