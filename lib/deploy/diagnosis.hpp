// SPDX-License-Identifier: Apache-2.0
// Why an object did not become ready: the verdict, the last lines of its log, its events, and the place to correct.
#pragma once

#include "deploy/session.hpp"
#include "deploy/waiter.hpp"

#include <vector>

namespace kforge::deploy {

enum class Ending { failed, timed_out };

// One diagnosis per target, in their order, without Services whose workload is among them. Reads the logs of the
// failing containers, all at once (deploy-engine §3.4).
std::vector<Diagnosis> diagnose(Session& session, project::Tier tier, const std::vector<const Target*>& unsettled,
                                const Store& store, Ending ending);

// The key of the project file that a cause is about, such as services/order-service/image; otherwise the object's
// origin.
std::optional<SourcePlace> place_of_cause(const project::Project& project, const Change& change,
                                          const rollout::Verdict& verdict);

// Warnings first, then the rest, the newest first, repeated ones once: "Failed: Error: ErrImagePull (3x)".
std::vector<std::string> event_lines(const std::vector<const Json*>& events, std::optional<WallTime> since);

}  // namespace kforge::deploy
