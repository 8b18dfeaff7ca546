// SPDX-License-Identifier: Apache-2.0
// The services of a project as they run, for verbs that change them in place.
#pragma once

#include "deploy/live.hpp"
#include "deploy/session.hpp"

#include <string>
#include <vector>

namespace kforge::deploy {

struct RunningService {
  std::string name;
  project::Tier tier = project::Tier::backend;
  const Json* workload = nullptr;    // a Deployment or StatefulSet
  const Json* autoscaler = nullptr;  // what scales it, whoever made it; null: nothing does

  bool is_deployment() const;
  bool is_paused() const;
  std::int64_t replicas() const;  // wanted, not running
};

class Running {
 public:
  // Asks for the services of the project by name. Secrets of the project are read where the account may, so that their
  // values can be hidden. Throws Error{not_found} when one is not deployed.
  Running(Session& session, const std::vector<std::string>& services);
  const std::vector<RunningService>& services() const { return services_; }
  const RunningService& find(const std::string& name) const;

 private:
  LiveObjects live_;
  std::vector<RunningService> services_;
};

// Where a service of a project stands, "postgres", "keycloak" and "kong" included.
project::Tier tier_of_service(const project::Project& project, const std::string& service);

}  // namespace kforge::deploy
