// SPDX-License-Identifier: Apache-2.0
// One run of `up` from the first request to its summary.
#pragma once

#include "deploy/applier.hpp"
#include "deploy/preparation.hpp"
#include "deploy/records.hpp"
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

 private:
  void start();
  void prepare();
  bool nothing_to_write() const;
  void execute();
  void store_records();
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
  std::set<std::string> finished_jobs_;
  std::optional<ParentRecord> parent_;
  Applier applier_;
};

// run(), and wind_up() on the way out of an error. Errors carry no secret value.
Finished run_up(Session& session, const UpRequest& request, UpInput input);

}  // namespace kforge::deploy
