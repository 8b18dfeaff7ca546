// SPDX-License-Identifier: Apache-2.0
#include "deploy/planning.hpp"

#include "base/diagnostics.hpp"
#include "deploy/adoption.hpp"
#include "deploy/cluster_guard.hpp"
#include "deploy/drift.hpp"
#include "deploy/prune.hpp"
#include "deploy/refusals.hpp"
#include "deploy/saved_plan.hpp"

namespace kforge::deploy {
namespace {

PlanResult plan_with(Session& session, const UpRequest& request, UpInput input) {
  const ApplySet set = applyset_of(session.project());
  ClusterIdentity cluster(session);
  const Prepared prepared = prepare(session, set, std::move(input), options_of(request));
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
  UpInput input = input_of(context);
  Session session(context, request.timeout);
  PlanOptions options = drift_options();
  options.services = request.services;
  try {
    const Prepared prepared = prepare(session, applyset_of(session.project()), std::move(input), options);
    return drift_of(session, prepared.plan);
  } catch (const InvalidInput&) {
    throw;  // of the project file
  } catch (const Error& error) {
    throw session.masker().masked(error);
  }
}

}  // namespace kforge::deploy
