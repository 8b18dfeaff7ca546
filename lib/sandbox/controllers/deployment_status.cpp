// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/deployment_status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

constexpr std::int64_t no_deadline = 2147483647;

std::int64_t sum(const RolloutSets& sets, const char* field) {
  std::int64_t total = sets.current ? int_at(*sets.current, {"status", field}) : 0;
  for (const ObjectPtr& set : sets.old) total += int_at(*set, {"status", field});
  return total;
}

// How many pods the ReplicaSets are to have, not how many the Deployment wants: that may come later.
std::int64_t asked_for(const RolloutSets& sets) {
  std::int64_t total = sets.current ? int_at(*sets.current, {"spec", "replicas"}) : 0;
  for (const ObjectPtr& set : sets.old) total += int_at(*set, {"spec", "replicas"});
  return total;
}

void put_count(Json& status, const char* field, std::int64_t count) {
  status.erase(field);
  if (count > 0) status[field] = count;
}

bool is_complete(const Json& deployment, const Json& status) {
  const std::int64_t wanted = int_at(deployment, {"spec", "replicas"});
  return int_at(status, {"updatedReplicas"}) == wanted && int_at(status, {"replicas"}) == wanted &&
         int_at(status, {"availableReplicas"}) == wanted &&
         int_at(status, {"observedGeneration"}) >= int_at(deployment, {"metadata", "generation"});
}

bool has_progressed(const Json& before, const Json& now) {
  const auto old_replicas = [](const Json& status) {
    return int_at(status, {"replicas"}) - int_at(status, {"updatedReplicas"});
  };
  return int_at(now, {"updatedReplicas"}) > int_at(before, {"updatedReplicas"}) ||
         old_replicas(now) < old_replicas(before) ||
         int_at(now, {"readyReplicas"}) > int_at(before, {"readyReplicas"}) ||
         int_at(now, {"availableReplicas"}) > int_at(before, {"availableReplicas"});
}

// How long until the deadline passes; empty when it has.
std::optional<Milliseconds> deadline_left(const Json& condition, std::int64_t deadline, WallTime now) {
  const auto since = parse_rfc3339(string_at(condition, {"lastUpdateTime"}));
  if (!since) return Milliseconds(deadline * 1000);
  const auto left = std::chrono::duration_cast<Milliseconds>(*since + std::chrono::seconds(deadline) - now);
  return left.count() <= 0 ? std::nullopt : std::optional(left);
}

void set_availability(Json& status, std::int64_t available, std::int64_t minimum, const std::string& now) {
  const bool fine = available >= minimum;
  const std::string state = fine ? "True" : "False";
  // A condition that turns is a new one, and stands last.
  if (const Json* known = find_condition(status, "Available"); known != nullptr)
    if (string_at(*known, {"status"}) != state) remove_condition(status, "Available");
  set_condition(status,
                {"Available", state, fine ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                 fine ? "Deployment has minimum availability." : "Deployment does not have minimum availability."},
                now, UpdateTime::yes);
}

// Progress is always a fresh condition: its update time is what the deadline counts from.
void set_progress(Json& status, const std::string& state, const std::string& reason, const std::string& message,
                  const std::string& now) {
  const Json* known = find_condition(status, "Progressing");
  const std::string transition =
      known != nullptr && string_at(*known, {"status"}) == state ? string_at(*known, {"lastTransitionTime"}) : now;
  remove_condition(status, "Progressing");
  set_condition(status, {"Progressing", state, reason, message}, now, UpdateTime::yes);
  status["conditions"].back()["lastTransitionTime"] = transition;
}

Milliseconds judge_progress(const Json& deployment, const RolloutSets& sets, Json& status, const Kit& kit) {
  const std::int64_t deadline = int_at(deployment, {"spec", "progressDeadlineSeconds"}, no_deadline);
  if (deadline == no_deadline) return Milliseconds(0);
  const Json* known = find_condition(status, "Progressing");
  const std::string reason = known == nullptr ? "" : string_at(*known, {"reason"});
  const std::string set_name = sets.current ? name_of(*sets.current) : "";
  const std::string now = kit.timestamp();
  if (bool_at(deployment, {"spec", "paused"})) {
    if (reason != "DeploymentPaused") set_progress(status, "Unknown", "DeploymentPaused", "Deployment is paused", now);
    return Milliseconds(0);
  }
  // A rollout that is over stays over: a new size is none.
  if (reason == "NewReplicaSetAvailable" && int_at(status, {"replicas"}) == int_at(status, {"updatedReplicas"}))
    return Milliseconds(0);
  if (is_complete(deployment, status)) {
    const std::string message = fmt::format("ReplicaSet \"{}\" has successfully progressed.", set_name);
    if (reason != "NewReplicaSetAvailable" || string_at(*known, {"message"}) != message)
      set_progress(status, "True", "NewReplicaSetAvailable", message, now);
    return Milliseconds(0);
  }
  if (known == nullptr || reason == "NewReplicaSetAvailable" || reason == "DeploymentPaused") {
    // A rollout that begins again on an old ReplicaSet keeps a finished condition until its counters move, as the real
    // one does.
    const bool fresh = sets.current && int_at(*sets.current, {"status", "replicas"}) == 0;
    if (known == nullptr || fresh || reason == "DeploymentPaused")
      set_progress(
          status, "True", known == nullptr || fresh ? "NewReplicaSetCreated" : "DeploymentResumed",
          known == nullptr || fresh ? fmt::format("Created new replica set \"{}\"", set_name) : "Deployment is resumed",
          now);
  }
  if (has_progressed(at_path(deployment, {"status"}), status))
    set_progress(status, "True", "ReplicaSetUpdated", fmt::format("ReplicaSet \"{}\" is progressing.", set_name), now);
  known = find_condition(status, "Progressing");
  if (string_at(*known, {"reason"}) == "ProgressDeadlineExceeded" ||
      string_at(*known, {"reason"}) == "NewReplicaSetAvailable")
    return Milliseconds(0);
  if (const auto left = deadline_left(*known, deadline, kit.now())) return *left + Milliseconds(1000);
  set_progress(status, "False", "ProgressDeadlineExceeded",
               fmt::format("ReplicaSet \"{}\" has timed out progressing.", set_name), now);
  return Milliseconds(0);
}

}  // namespace

Milliseconds write_deployment_status(const Kit& kit, const Json& deployment, const RolloutSets& sets) {
  Json next = deployment;
  Json& status = next["status"];
  if (!status.is_object()) status = Json::object();
  const std::int64_t total = sum(sets, "replicas"), available = sum(sets, "availableReplicas"),
                     wanted = int_at(deployment, {"spec", "replicas"});
  status["observedGeneration"] = int_at(deployment, {"metadata", "generation"});
  put_count(status, "replicas", total);
  put_count(status, "updatedReplicas", sets.current ? int_at(*sets.current, {"status", "replicas"}) : 0);
  put_count(status, "readyReplicas", sum(sets, "readyReplicas"));
  put_count(status, "availableReplicas", available);
  status["terminatingReplicas"] = sum(sets, "terminatingReplicas");
  put_count(status, "unavailableReplicas", std::max<std::int64_t>(0, asked_for(sets) - available));
  const bool rolling = string_at(deployment, {"spec", "strategy", "type"}) != "Recreate";
  const int unavailable =
      rolling ? resolve_int_or_percent(at_path(deployment, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}),
                                       static_cast<int>(wanted), false)
              : 0;
  // A pause is noted before anything else is looked at.
  if (bool_at(deployment, {"spec", "paused"})) judge_progress(deployment, sets, status, kit);
  set_availability(status, available, wanted - unavailable, kit.timestamp());
  const Milliseconds again = judge_progress(deployment, sets, status, kit);
  const Json* failure = sets.current ? find_condition(at_path(*sets.current, {"status"}), "ReplicaFailure") : nullptr;
  if (failure != nullptr)
    set_condition(status, {"ReplicaFailure", "True", string_at(*failure, {"reason"}), string_at(*failure, {"message"})},
                  kit.timestamp(), UpdateTime::yes);
  else
    remove_condition(status, "ReplicaFailure");
  kit.update_status(next);
  return again;
}

}  // namespace kforge::sandbox
