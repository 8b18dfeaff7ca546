// SPDX-License-Identifier: Apache-2.0
// Which cluster an environment belongs to: the one that --cluster-uid names, or else the one that it was deployed to
// first from this machine.
#pragma once

#include "cli/options.hpp"
#include "cli/session.hpp"
#include "deploy/deploy.hpp"

#include <string>

namespace kforge::cli {

struct ClusterChoice {
  std::string uid;
  bool moved = false;
};
void add_cluster_options(OptionTable& table, ClusterChoice& choice);

// Clusters on this machine (sandboxes, kind, minikube) come and go under the same name: only --cluster-uid binds those.
deploy::ClusterGuard cluster_guard(Session& session, const ClusterChoice& choice);

}  // namespace kforge::cli
