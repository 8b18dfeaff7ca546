// SPDX-License-Identifier: Apache-2.0
// What the verbs make of a running service: which fields of which object, under a field manager of their own, so that
// neither the next `up` nor an autoscaler is surprised (deploy-engine §4.4, §4.5). Pure.
#pragma once

#include "deploy/running.hpp"
#include "project/settings.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

struct Edit {
  const RunningService* service = nullptr;
  const Json* live = nullptr;  // null: the object is made
  Json body;                   // of a server-side apply: the identity and the fields that are set
  std::string manager;
  std::string detail;   // "replicas 2 -> 3"
  bool changes = true;  // false: it is so already
  bool rolls = false;   // it replaces the pods
  Json undo;            // the body that takes it back after a failure; null: nothing does
  std::string undo_detail;
  std::string next_up;                     // what the next `up` makes of it; empty: it leaves it alone
  std::vector<project::Setting> settings;  // what the project file would have to say
};
using Edits = std::vector<Edit>;

// The number of pods. With an autoscaler its bounds move so that the number is its minimum. Zero remembers the number
// for start_edits(). Throws Error{guard_refused} for what cannot have so many pods.
Edits scale_edits(const project::Project& project, const RunningService& service, std::int64_t count);
Edits stop_edits(const project::Project& project, const RunningService& service);
// As many pods as there were when it was stopped; otherwise what the project file says.
Edits start_edits(const project::Project& project, const RunningService& service);
// Every pod is replaced, by the rules of the rollout. `at` marks the revision.
Edits restart_edits(const RunningService& service, WallTime at);
// Of the container that runs the service; without a registry it gets that of the project file, as there.
Edits image_edits(const project::Project& project, const RunningService& service, const std::string& image);
// `autoscaler`: as the project would render it with these bounds.
Edits autoscale_edits(const project::Project& project, const RunningService& service, const Json& autoscaler);
enum class Pause { yes, no };
Edits pause_edits(const RunningService& service, Pause pause);

// The main container of a workload: kubectl's default, the one that is named as the service, or the first.
const Json& main_container(const RunningService& service);

}  // namespace kforge::deploy
