// SPDX-License-Identifier: Apache-2.0
// What a new cluster is born with.
#pragma once

#include "sandbox/api/api.hpp"

namespace kforge::sandbox {

// Creates what is missing: the system's namespaces, nodes, the standard storage class, priority classes, the Service
// `kubernetes`. Running it again changes nothing.
void bootstrap(Api& api, Timers& timers, const std::string& kubernetes_version);

}  // namespace kforge::sandbox
