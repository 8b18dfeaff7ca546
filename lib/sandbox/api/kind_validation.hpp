// SPDX-License-Identifier: Apache-2.0
// What an object of a kind may not be, besides what its schema says (pkg/apis/*/validation).
#pragma once

#include "sandbox/api/name_rules.hpp"

#include <string>

namespace kforge::sandbox {

using Validator = void (*)(const Json& object, FieldErrors& errors);
// By resource id ("deployments.apps"); null when there are no rules.
Validator validator_of(const std::string& resource);

void validate_deployment(const Json& object, FieldErrors& errors);
void validate_replica_set(const Json& object, FieldErrors& errors);
void validate_stateful_set(const Json& object, FieldErrors& errors);
void validate_daemon_set(const Json& object, FieldErrors& errors);
void validate_job(const Json& object, FieldErrors& errors);
void validate_cron_job(const Json& object, FieldErrors& errors);
void validate_autoscaler(const Json& object, FieldErrors& errors);
void validate_service(const Json& object, FieldErrors& errors);
void validate_ingress(const Json& object, FieldErrors& errors);

}  // namespace kforge::sandbox
