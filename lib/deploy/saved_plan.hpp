// SPDX-License-Identifier: Apache-2.0
// A plan in a file: what was looked at and approved, so that `up` can do exactly that, or refuse because the world has
// moved. It holds names and digests; no value of any object.
#pragma once

#include "deploy/deploy.hpp"
#include "deploy/plan.hpp"
#include "deploy/preview.hpp"
#include "deploy/session.hpp"

#include <string>

namespace kforge::deploy {

// The document of the plan. `cluster` is its identity (cluster_guard.hpp); `request` is what was asked for; its
// services and options are part of the plan.
Json saved_plan(const std::string& cluster, const project::Project& project, const UpRequest& request, const Plan& plan,
                const Preview& preview);

// Puts the options of a saved plan into a request. Throws Error{usage} when the document is no plan of a version that
// this program knows.
void restore_request(const Json& saved, UpRequest& request);

// Throws Error{conflict} naming everything that is not as it was when the plan was saved: the cluster, the project
// file, objects (by uid and generation, or by their content where there is none), and what would be done to them.
void check_unmoved(const Json& saved, const Json& now);
// The same for the plan that `up` has just made of a request with a saved one.
void check_saved_plan(Session& session, const std::string& cluster, const UpRequest& request, const Plan& plan);

}  // namespace kforge::deploy
