// SPDX-License-Identifier: Apache-2.0
// What a pod's specification may not be, in the server's order and words (pkg/apis/core/validation).
#pragma once

#include "sandbox/api/name_rules.hpp"

namespace kforge::sandbox {

// `claims` are the volumeClaimTemplates of a StatefulSet: volumes too, or null.
void validate_pod_spec(const Json& spec, const std::string& path, FieldErrors& errors, const Json& claims = nullptr);
// One container without its uniqueness and probes, which depend on its list.
void validate_container(const Json& container, const std::string& path, const Json& volumes, FieldErrors& errors);

}  // namespace kforge::sandbox
