// SPDX-License-Identifier: Apache-2.0
// What `plan` and `up` have in common: what is changed, and what may happen to what stands in the way.
#pragma once

#include "cli/cluster_pins.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "deploy/deploy.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

struct ChangeOptions {
  std::vector<std::string> services, recreate, prune;
  bool force_conflicts = false, adopt = false, no_prune = false, allow_mass_prune = false;
  ClusterChoice cluster;

  // Whether anything was given that a saved plan settles.
  bool any() const;
};
void add_change_options(OptionTable& table, ChangeOptions& options);
// Throws Error{usage} for a name that is none, Error{not_found} for an unknown service.
deploy::UpRequest change_request(const ChangeOptions& options, Session& session);

}  // namespace kforge::cli
