// SPDX-License-Identifier: Apache-2.0
#include "deploy/planning.hpp"

#include "base/diagnostics.hpp"
#include "deploy/refusals.hpp"

namespace kforge::deploy {
namespace {

PlanResult plan_with(Session& session, const UpRequest& request, UpInput input) {
  const ApplySet set = applyset_of(session.project());
  const Prepared prepared = prepare(session, set, std::move(input), options_of(request));
  PlanResult result{.preview = preview_of(session, prepared.plan), .refusal = std::nullopt};
  if (!prepared.plan.refusals.empty()) result.refusal = session.masker().masked(refusal_error(prepared.plan.refusals));
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

}  // namespace kforge::deploy
