// SPDX-License-Identifier: Apache-2.0
#include "deploy/down_run.hpp"

namespace kforge::deploy {
namespace {

// Only names and places matter for taking a project down: no variable has to be set, and no file has to be there.
render::Rendered outline(const project::Project& project) {
  render::SecretValues values;
  for (const auto& [name, spec] : project.secrets)
    if (!spec.existing)
      for (const auto& [key, source] : spec.values)
        values[name + "/" + key] = {.value = std::nullopt, .token = "unknown"};
  return render::render(project, values);
}

}  // namespace

DownPlan plan_down(const Context& context, const DownRequest& request) {
  Session session(context, request.timeout);
  const render::Rendered rendered = outline(context.project);
  DownRun run(session, request, rendered);
  const Teardown& teardown = run.plan();
  DownPlan plan{.removed = {}, .kept = teardown.kept};
  for (const TeardownStep& step : teardown.steps)
    for (const Removal& removal : step.removals) plan.removed.push_back(removal.ref);
  return plan;
}

Finished down(const Context& context, const DownRequest& request) {
  Session session(context, request.timeout);
  return run_down(session, request, outline(context.project));
}

}  // namespace kforge::deploy
