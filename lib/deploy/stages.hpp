// SPDX-License-Identifier: Apache-2.0
// The order of a run: stages of the project as hard gates, waves of kinds inside a stage.
#pragma once

#include "deploy/plan.hpp"

#include <map>
#include <vector>

namespace kforge::deploy {

struct Stage {
  project::Tier tier = project::Tier::namespaces;
  // In ascending order: objects of one wave may be written at the same time.
  std::map<render::Wave, std::vector<Change*>> waves;

  std::vector<Change*> changes() const;
  // Those of the wave that other kinds live in: Namespaces, CustomResourceDefinitions.
  std::vector<Change*> foundation() const;
  std::vector<Change*> rest() const;
};

// Stages that have objects, in deploy order.
std::vector<Stage> stages_of(std::vector<Change>& changes);

// What the stages are about, for people: their services, in the order of the plan.
std::vector<StageOutline> outline_of(const std::vector<Stage>& stages);

}  // namespace kforge::deploy
