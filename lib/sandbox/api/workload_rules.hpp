// SPDX-License-Identifier: Apache-2.0
// Creation states and validation of the kinds that run or route something.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/status.hpp"

#include <vector>

namespace kforge::sandbox {

void create_pod(Json& object);  // phase Pending, QoS class, service account token opt-outs
void create_job(Json& object);  // selector and labels by controller-uid
void create_daemon_set_status(Json& object);
// DaemonSets count changes of their template (pkg/registry/apps/daemonset).
void count_template_generation(const Json& before, Json& after);
void create_replica_set_status(Json& object);
void create_stateful_set_status(Json& object);
void create_autoscaler_status(Json& object);
void create_budget_status(Json& object);
void create_service_status(Json& object);
// Cluster IPs and node ports survive an update that does not mention them.
void keep_service_addresses(const Json& before, Json& after);

void validate_config_map(const Json& object, std::vector<FieldError>& errors);
void validate_selected_template(const Json& object,
                                std::vector<FieldError>& errors);  // selector matches template labels
void validate_deployment(const Json& object, std::vector<FieldError>& errors);
void validate_autoscaler(const Json& object, std::vector<FieldError>& errors);
void validate_job(const Json& object, std::vector<FieldError>& errors);
void validate_budget(const Json& object, std::vector<FieldError>& errors);
void validate_pod(const Json& object, std::vector<FieldError>& errors);
void validate_service(const Json& object, std::vector<FieldError>& errors);

// "Guaranteed", "Burstable" or "BestEffort" (core/v1 qos).
std::string qos_class(const Json& pod_spec);

}  // namespace kforge::sandbox
