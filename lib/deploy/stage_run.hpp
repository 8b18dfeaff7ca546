// SPDX-License-Identifier: Apache-2.0
// One stage: its waves are written in order, then everything in it has to become ready before the next stage may start.
#pragma once

#include "deploy/applier.hpp"
#include "deploy/diagnosis.hpp"
#include "deploy/stages.hpp"
#include "deploy/waiter.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace kforge::deploy {

struct StageOptions {
  Wait wait = Wait::yes;
  StuckPods stuck = StuckPods::leave;
};

class StageRun {
 public:
  StageRun(Session& session, Applier& applier, const Stage& stage, StageOptions options);
  ~StageRun();
  StageRun(const StageRun&) = delete;
  StageRun& operator=(const StageRun&) = delete;

  // `after_foundation` is called once the namespaces of the stage stand. Throws
  // Error{rollout_failed|hook_failed|timed_out} after the diagnoses, or what the API server refused.
  void run(const std::function<void()>& after_foundation);
  // "namespace/name" of the Jobs that have completed.
  const std::set<std::string>& finished_jobs() const { return finished_jobs_; }
  // What runs for each image of the pods that were waited for: "shop/order:v1" -> "shop/order@sha256:…".
  const std::map<std::string, std::string>& images() const { return images_; }

 private:
  void announce() const;
  void lay_foundation();
  void await_default_accounts(const std::vector<Change*>& foundation);
  void write_rest();
  void apply(render::Wave wave);
  void apply_jobs();
  void make_room_for(const std::vector<Change*>& changes);
  void watch(const std::vector<Change*>& changes);
  void await(const Waiter::Which& which);
  [[noreturn]] void fail(Ending ending);
  void end(bool ready) const;
  void note_finished_jobs();
  void note_images();

  Session& session_;
  Applier& applier_;
  const Stage& stage_;
  StageOptions options_;
  Clock::time_point started_;
  std::optional<Waiter> waiter_;
  std::set<std::string> finished_jobs_;
  std::map<std::string, std::string> images_;
};

// The error that ends a run after its diagnoses.
Error failed_stage(project::Tier tier, const std::vector<Diagnosis>& diagnoses, Ending ending);

}  // namespace kforge::deploy
