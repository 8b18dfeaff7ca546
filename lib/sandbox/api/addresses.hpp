// SPDX-License-Identifier: Apache-2.0
// Cluster IPs out of 10.96.0.0/16 and node ports out of 30000–32767.
#pragma once

#include "base/json.hpp"
#include "sandbox/api/registry.hpp"

namespace kforge::sandbox {

// Gives a Service the addresses its type needs and keeps what it has. Throws Refusal (422) when an asked one is taken.
void assign_addresses(Store& store, const Resource& resource, Json& service);

}  // namespace kforge::sandbox
