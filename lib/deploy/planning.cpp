// SPDX-License-Identifier: Apache-2.0
#include "deploy/planning.hpp"

#include "base/diagnostics.hpp"
#include "deploy/adoption.hpp"
#include "deploy/cluster_guard.hpp"
#include "deploy/drift.hpp"
#include "deploy/prune.hpp"
#include "deploy/refusals.hpp"
#include "deploy/restoration.hpp"
#include "deploy/saved_plan.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

PlanResult plan_with(Session& session, const UpRequest& request, UpInput input) {
  const ApplySet set = applyset_of(session.project());
  ClusterIdentity cluster(session);
  const PlanOptions options = options_of(request, input);
  const Prepared prepared = prepare(session, set, std::move(input), options);
  const Plan& plan = prepared.plan;
  PlanResult result{.preview = preview_of(session, plan), .refusal = std::nullopt, .saved = {}};
  try {
    cluster.check(request.cluster);
    if (!request.adopt) check_adoption(plan, nullptr);
    check_prune(plan, request);
    stop_if_refused(plan);
  } catch (const Error& error) {
    result.refusal = session.masker().masked(error);
  }
  result.saved = saved_plan(cluster.get(), session.project(), request, plan, result.preview);
  return result;
}

Preview drift_from(Session& session, const Context& context, const ApplySet& set, const Release& release,
                   const std::vector<std::string>& services) {
  const render::Rendered recorded = deploy::recorded(session, set, release, known_values(context));
  Preview preview = drift_of(session, set, recorded, services);
  preview.baseline = release_name(release.number);
  if (release.status != ReleaseStatus::deployed)
    preview.remarks.push_back(fmt::format("{} is {}: what it did not reach counts as changed, too", preview.baseline,
                                          to_string(release.status)));
  return preview;
}

Preview drift_from_file(Session& session, const Context& context, const ApplySet& set, const PlanOptions& options) {
  const Prepared prepared = prepare(session, set, input_of(context), options);
  Preview preview = drift_of(session, prepared.plan);
  preview.baseline = "kforge.yaml";
  preview.remarks.emplace_back("nothing has been released yet: compared with what kforge.yaml says");
  return preview;
}

}  // namespace

PlanResult make_preview(Session& session, const UpRequest& request, UpInput input) {
  try {
    return plan_with(session, request, std::move(input));
  } catch (const InvalidInput&) {
    throw;  // of the project file
  } catch (const Error& error) {
    throw session.masker().masked(error);
  }
}

PlanResult make_preview(const Context& context, const UpRequest& request) {
  UpInput input = input_of(context);
  Session session(context, request.timeout);
  return make_preview(session, request, std::move(input));
}

Preview make_drift(const Context& context, const UpRequest& request) {
  Session session(context, request.timeout);
  const ApplySet set = applyset_of(session.project());
  PlanOptions options = drift_options();
  options.services = request.services;
  try {
    const std::vector<Release> releases = read_releases(session, set);
    return releases.empty() ? drift_from_file(session, context, set, options)
                            : drift_from(session, context, set, releases.front(), request.services);
  } catch (const InvalidInput&) {
    throw;  // of the project file
  } catch (const Error& error) {
    throw session.masker().masked(error);
  }
}

}  // namespace kforge::deploy
