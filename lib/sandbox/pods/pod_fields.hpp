// SPDX-License-Identifier: Apache-2.0
// Parts of a pod that several of the sandbox's own components read the same way.
#pragma once

#include "base/json.hpp"
#include "base/quantity.hpp"

#include <string>
#include <string_view>

namespace kforge::sandbox {

// The value of a fieldRef ("metadata.name", "metadata.labels['app']", "status.podIP"); empty when there is none.
std::string pod_field(const Json& pod, std::string_view path);
// The value of a resourceFieldRef of this container: in units of its divisor, rounded up.
std::string resource_field(const Json& container, const Json& reference);

// "name_namespace(uid)", as kubelet messages name a pod.
std::string pod_label(const Json& pod);
// The container of that name in initContainers or containers; a null value when there is none.
const Json& container_spec(const Json& pod, std::string_view name);
bool is_sidecar(const Json& init_container);  // an init container that keeps running beside the others

// What a pod asks of a node for one resource ("cpu", "memory"): the sum of its containers, or what its init containers
// need when that is more (KEP-753 for sidecars).
Int128 pod_request(const Json& pod, const char* resource);

}  // namespace kforge::sandbox
