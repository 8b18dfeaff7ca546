// SPDX-License-Identifier: Apache-2.0
// What commands that look at a running project share.
#pragma once

#include "cli/session.hpp"
#include "observe/status.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kforge::cli {

// One look at the project: its live objects, and what they amount to.
struct Look {
  std::vector<Json> objects;
  observe::Usage usage;
  observe::ProjectStatus status;  // of the chosen services
};
// `services`: full names; empty: all. Warnings of the API server go to stderr.
Look look_at(Session& session, const std::vector<std::string>& services, observe::Kinds kinds);

// "shop is not deployed on prod; `kforge up` deploys it"
std::string not_deployed(const observe::ProjectStatus& status);

// A Deployment, StatefulSet or DaemonSet: what a service is.
bool is_long_running(const observe::ObjectRow& row);
// The workload of a service: its Deployment, StatefulSet or DaemonSet. Throws Error{not_found} when it is not deployed.
const observe::ObjectRow& workload_row(const observe::ProjectStatus& status, const std::string& service);

// Shows lines again and again until a signal ends it: a terminal is redrawn in place, a pipe gets what changed.
using Picture = std::function<std::vector<ui::Line>()>;
[[noreturn]] void keep_showing(Session& session, std::chrono::milliseconds pause, const Picture& picture);

// --watch goes with text only.
void refuse_watched_json(const Session& session, const std::string& command);

}  // namespace kforge::cli
