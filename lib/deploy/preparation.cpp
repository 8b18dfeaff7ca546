// SPDX-License-Identifier: Apache-2.0
#include "deploy/preparation.hpp"

#include "deploy/secrecy.hpp"

#include <algorithm>

namespace kforge::deploy {
namespace {

// Generated values come from the cluster; what it does not have yet is made here.
GeneratedValues learn_values(Session& session, const ApplySet& set, UpInput& input) {
  const bool generates = std::ranges::any_of(input.values, [](const auto& entry) { return !entry.second.value; });
  if (!generates) return {};
  StoredValues stored = read_values(session, set);
  GeneratedValues recovered;
  if (!stored.exists) recovered = recover_values(session, set, input.render, input.values);
  stored.values.insert(recovered.begin(), recovered.end());
  GeneratedValues fresh = complete(input.values, stored, session.project());
  fresh.insert(recovered.begin(), recovered.end());
  return fresh;
}

}  // namespace

PlanOptions options_of(const UpRequest& request) {
  PlanOptions options{
      .services = request.services, .force_conflicts = request.force_conflicts, .recreate = request.recreate};
  options.prune = request.prune;
  // What is new has to work before anything goes.
  options.keep_leftovers = request.no_prune ? "--no-prune" : request.wait == Wait::no ? "--no-wait" : "";
  return options;
}

UpInput input_of(const Context& context) {
  return {.values = render::resolve_local(context.project, context.environment.variables),
          .render = [&project = context.project](const render::SecretValues& values) {
            return render::render(project, values);
          }};
}

Prepared prepare(Session& session, const ApplySet& set, UpInput input, const PlanOptions& options) {
  Prepared prepared;
  prepared.fresh_values = learn_values(session, set, input);
  learn_secrets(session.masker(), session.project(), input.values);
  prepared.rendered = input.render(input.values);
  prepared.plan = make_plan(session, set, prepared.rendered, options);
  return prepared;
}

}  // namespace kforge::deploy
