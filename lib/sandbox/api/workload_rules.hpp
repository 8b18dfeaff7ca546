// SPDX-License-Identifier: Apache-2.0
// Creation states of the kinds that run or route something.
#pragma once

#include "base/json.hpp"

#include <string>

namespace kforge::sandbox {

void create_pod(Json& object);  // phase Pending, QoS class, service account token opt-outs
void create_job(Json& object);  // selector and labels by controller-uid
void create_daemon_set_status(Json& object);
// DaemonSets count changes of their template in an annotation (pkg/registry/apps/daemonset).
constexpr const char* template_generation = "deprecated.daemonset.template.generation";
void count_template_generation(const Json& before, Json& after);
void create_replica_set_status(Json& object);
void create_stateful_set_status(Json& object);
void create_autoscaler_status(Json& object);
void create_budget_status(Json& object);
void create_service_status(Json& object);
// Cluster IPs and node ports survive an update that does not mention them.
void keep_service_addresses(const Json& before, Json& after);

// "Guaranteed", "Burstable" or "BestEffort" (core/v1 qos).
std::string qos_class(const Json& pod_spec);

}  // namespace kforge::sandbox
