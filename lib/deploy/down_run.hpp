// SPDX-License-Identifier: Apache-2.0
// One run of `down` from the first request to its summary.
#pragma once

#include "deploy/lock.hpp"
#include "deploy/records.hpp"
#include "deploy/remover.hpp"
#include "deploy/teardown.hpp"

namespace kforge::deploy {

class DownRun {
 public:
  // `rendered` says where the project's objects are; secret values do not matter.
  DownRun(Session& session, const DownRequest& request, const render::Rendered& rendered);
  Finished run();
  // After an error: what is gone and what is not, told as the last event.
  void wind_up(const Error& error);
  const Teardown& plan();

 private:
  void start();
  void make_plan();
  void execute();
  void recheck_namespaces(TeardownStep& step);
  bool removes_lock(const TeardownStep& step) const;
  bool takes_lock_away(const TeardownStep& step) const;
  Finished finished(const std::string& outcome) const;
  Finished tell(Finished finished);
  PlanSummary summary() const;

  Session& session_;
  const DownRequest& request_;
  const render::Rendered& rendered_;
  ApplySet set_;
  std::optional<Teardown> plan_;
  std::size_t reached_ = 0;  // steps that were started
  Lock lock_;
  Remover remover_;
};

Finished run_down(Session& session, const DownRequest& request, const render::Rendered& rendered);

}  // namespace kforge::deploy
