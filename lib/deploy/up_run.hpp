// SPDX-License-Identifier: Apache-2.0
// One run of `up` from the first request to its summary.
#pragma once

#include "deploy/applier.hpp"
#include "deploy/lock.hpp"
#include "deploy/preparation.hpp"
#include "deploy/records.hpp"
#include "deploy/release_log.hpp"
#include "deploy/session.hpp"
#include "deploy/stage_run.hpp"
#include "deploy/stages.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

class UpRun {
 public:
  UpRun(Session& session, const UpRequest& request, UpInput input);
  Finished run();
  // After an error: what was applied and what was not, told as the last event.
  void wind_up(const Error& error);
  // The same when another release is brought back now: nothing is told as the last event.
  void give_up(const Error& error);
  // The last release that worked, when the run may go back to it by itself.
  std::optional<int> fallback(const Error& error) const;
  const Release& release() const { return log_.release(); }

 private:
  void start();
  void prepare();
  bool nothing_to_write();
  bool has_home() const;
  bool plan_under_lock();
  void take_lock();
  void execute();
  void store_records();
  void record(const StageRun& run, const Stage& stage, Clock::time_point started);
  void clear_away();
  Extent intended() const;
  Extent final_extent() const;
  Finished finished(const std::string& outcome) const;
  Finished finish_dry_run();
  Finished tell(Finished finished);

  Session& session_;
  const UpRequest& request_;
  UpInput input_;
  ApplySet set_;
  render::Rendered rendered_;
  Plan plan_;
  std::string cluster_;  // its identity
  GeneratedValues fresh_values_;
  std::vector<Stage> stages_;
  std::size_t reached_ = 0;  // stages that were started
  bool records_stored_ = false;
  std::optional<int> good_before_;  // the number of the release to go back to
  std::set<std::string> finished_jobs_;
  std::optional<ParentRecord> parent_;
  Lock lock_;
  ReleaseLog log_;
  Applier applier_;
};

// run(), and wind_up() on the way out of an error. Errors carry no secret value.
Finished run_up(Session& session, const UpRequest& request, UpInput input);

}  // namespace kforge::deploy
