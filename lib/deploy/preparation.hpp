// SPDX-License-Identifier: Apache-2.0
// From a project to the plan of a run: the values of its secrets, its objects, and what the cluster has of them. Reads
// the cluster, writes nothing.
#pragma once

#include "deploy/preflight.hpp"
#include "deploy/recovery.hpp"
#include "deploy/values.hpp"

namespace kforge::deploy {

// What is deployed: the local values of the secrets (generated ones without a value) and how objects are made of them.
struct UpInput {
  render::SecretValues values;
  Renderer render;
  int brings_back = 0;         // the number of the release that is deployed again; 0: what the project file says
  bool after_failure = false;  // it is brought back by the run that failed with something else

  bool is_rollback() const { return brings_back > 0; }
};
// Of the project file. The project must outlive it.
UpInput input_of(const Context& context);

PlanOptions options_of(const UpRequest& request, const UpInput& input);

struct Prepared {
  render::Rendered rendered;
  Plan plan;                     // refers to `rendered`, also after a move
  GeneratedValues fresh_values;  // those that the cluster does not have yet
};
// Everything that is secret in it is known to the session's masker. Throws as make_plan() does.
Prepared prepare(Session& session, const ApplySet& set, UpInput input, const PlanOptions& options);

}  // namespace kforge::deploy
