// SPDX-License-Identifier: Apache-2.0
// Live Kubernetes objects for tests, as a cluster would return them: healthy and finished, unless changed by the
// functions below. Everything was created at `origin`; UIDs follow from kind, namespace and name.
#pragma once

#include "base/json.hpp"

#include <string>
#include <string_view>

namespace kforge::tests {

inline constexpr std::string_view origin = "2026-01-01T00:00:00Z";
inline constexpr std::string_view default_namespace = "backend";

// "2026-01-01T00:00:40Z": origin plus some seconds.
std::string at_second(int seconds);

// metadata of any object: name, namespace (empty: none), uid, generation 1.
Json object(std::string_view api_version, std::string_view kind, std::string_view name,
            std::string_view name_space = default_namespace);

// Workloads whose rollout has finished. Labels and selector are app=<name>; one container of the same name.
Json deployment(std::string_view name, int replicas = 2);
Json stateful_set(std::string_view name, int replicas = 3);
Json daemon_set(std::string_view name, int nodes = 3);
Json job(std::string_view name);  // one pod active
Json cron_job(std::string_view name);

// Of a deployment: revision as in its annotation "deployment.kubernetes.io/revision"; `ready` of its pods, or
// all of them.
Json replica_set(const Json& deployment, int revision, int replicas = 2, int ready = -1);
// A running, ready pod of a ReplicaSet, StatefulSet, DaemonSet or Job; its name ends in "-<index>". Of a StatefulSet it
// has the revision in status.updateRevision.
Json pod_of(const Json& owner, int index = 0);
Json bare_pod(std::string_view name);

Json service(std::string_view name, std::string_view selects_app);
Json endpoint_slice(const Json& service, bool ready = true);
Json claim(std::string_view name, std::string_view phase = "Bound");
Json storage_class(std::string_view name, std::string_view binding_mode = "Immediate");
Json autoscaler(std::string_view target, int min = 2, int max = 5);
Json disruption_budget(std::string_view app, int expected_pods = 2);
Json name_space(std::string_view name, std::string_view phase = "Active");
Json node(std::string_view name, bool ready = true);
// About an object, last seen at `seconds` after origin.
Json event_about(const Json& object, std::string_view reason, std::string_view message, int seconds = 1);

// --- changes; each returns the changed object ---
// A JSON merge patch.
Json changed(Json object, const Json& patch);
Json labelled(Json object, std::string_view key, std::string_view value);
// Adds or replaces the condition of that type, as of `seconds` after origin.
Json with_condition(Json object, std::string_view type, std::string_view status, std::string_view reason = {},
                    std::string_view message = {}, int seconds = 0);
// The object was changed and its controller has not seen it: generation is one more than observedGeneration.
Json unobserved(Json object);
Json deleting(Json object);
// A workload in the middle of a rollout: counters of status; Deployment: updated, ready of the new revision, and old
// pods.
Json rolling(Json deployment, int updated, int ready, int old_pods = 0);

// Pods in trouble. The container is the first one.
Json pending(Json pod, std::string_view message);  // Unschedulable since origin
Json creating(Json pod);                           // scheduled, ContainerCreating
Json waiting(Json pod, std::string_view reason, std::string_view message, int restarts = 0);
// In CrashLoopBackOff after its last run ended like this.
Json crashing(Json pod, int restarts, int exit_code = 1, std::string_view reason = "Error");
Json unready(Json pod, int restarts = 0);  // running, readiness probe not passed
Json failing_init(Json pod, std::string_view init, int restarts, int exit_code = 1);
Json evicted(Json pod);

}  // namespace kforge::tests
