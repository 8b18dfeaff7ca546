// SPDX-License-Identifier: Apache-2.0
// Whose logs are meant by what was typed.
#pragma once

#include "cli/session.hpp"
#include "observe/logs/log_follower.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

struct LogTargets {
  std::vector<observe::PodSelection> pods;
  bool end_by_themselves = false;  // pods and Jobs: nothing replaces them
  std::string text;                // "service 'order-service'", for messages
};

// Words are services, tiers, pods (each by name or unique prefix) and KIND/NAME; none: the whole project. `selector` is
// that of --selector and narrows the words, or stands alone. Asks the cluster where the project does not know. Throws
// Error{not_found} with a did-you-mean or the candidates, Error{usage} outside of a project.
LogTargets log_targets(Session& session, const std::vector<std::string>& words, const std::string& selector);

}  // namespace kforge::cli
