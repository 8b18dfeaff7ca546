// SPDX-License-Identifier: Apache-2.0
// Which cluster this is, and whether it is the one that an environment was deployed to before.
#pragma once

#include "deploy/deploy.hpp"
#include "deploy/session.hpp"

#include <optional>
#include <string>

namespace kforge::deploy {

// Sends the question when it is made, so that it is answered beside others.
class ClusterIdentity {
 public:
  explicit ClusterIdentity(Session& session);
  // The uid of the namespace kube-system, or the server's address for an account that may not see that.
  const std::string& get();
  // Throws Error{guard_refused} when the guard expects another one.
  void check(const ClusterGuard& guard);

 private:
  Session& session_;
  std::string identity_;
  bool hidden_ = false;  // this account may not see it
  std::optional<Error> failure_;
  RequestGroup group_;
};

}  // namespace kforge::deploy
