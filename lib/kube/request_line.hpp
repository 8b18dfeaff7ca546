// SPDX-License-Identifier: Apache-2.0
// What a request asks for, read back from its path, for messages and rights.
#pragma once

#include "kube/client.hpp"

#include <string>

namespace kforge::kube {

struct RequestLine {
  std::string verb;  // RBAC's: get, list, watch, create, update, patch, delete
  std::string group, version, resource, name_space, name, subresource;

  bool is_resource() const { return !resource.empty(); }
  std::string qualified_resource() const;  // "deployments.apps", "pods/log"
};
RequestLine request_line(const ApiRequest& request);

// "apply Deployment backend/order-service", "list deployments in namespace 'backend'", "read /version".
std::string in_words(const ApiRequest& request);

}  // namespace kforge::kube
