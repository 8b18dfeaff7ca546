// SPDX-License-Identifier: Apache-2.0
// Pod Security Standards (k8s.io/pod-security-admission): levels baseline and restricted.
#pragma once

#include "base/json.hpp"

#include <string>
#include <vector>

namespace kforge::sandbox {

enum class SecurityLevel { privileged, baseline, restricted };
SecurityLevel security_level(const std::string& label);

// What a pod spec violates, joined as the server does: "allowPrivilegeEscalation != false (container "x" must set …),
// …"; empty when it complies.
std::string security_violations(SecurityLevel level, const Json& pod_spec);

}  // namespace kforge::sandbox
