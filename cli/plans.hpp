// SPDX-License-Identifier: Apache-2.0
// What the commands that show a plan have in common: plan, drift, and every command that previews what it will do.
#pragma once

#include "cli/session.hpp"
#include "deploy/planning.hpp"

#include <optional>
#include <string>

namespace kforge::cli {

// Tells warnings of the cluster; everything else that is told while a plan is made is in the plan.
class WarningsToStderr final : public deploy::Observer {
 public:
  explicit WarningsToStderr(Session& session) : session_(session) {}
  void on_event(const deploy::Event& event) override;

 private:
  Session& session_;
};

deploy::Context context_of(Session& session, deploy::Observer& observer);

struct PlanEnding {
  std::string command;
  int exit_code = 0;
  std::optional<Error> error{};
};
// Prints it: the view, or with -o json the one document; the error goes to stderr as well.
void show_plan(Session& session, const deploy::Preview& preview, const PlanEnding& ending);

}  // namespace kforge::cli
