// SPDX-License-Identifier: Apache-2.0
// The identity of a pod (plugin/pkg/admission/serviceaccount).
#pragma once

#include "sandbox/api/registry.hpp"

namespace kforge::sandbox {

// Gives a new pod its account and mounts the account's token into every container. Throws Refusal (403) when there is
// no such account.
void set_service_account(Store& store, const Resource& resource, Json& pod);

}  // namespace kforge::sandbox
