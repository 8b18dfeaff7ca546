// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words: the table of api-client §3.5.
#pragma once

#include "kube/client.hpp"

#include <string>

namespace kforge::kube {

// A request whose transfer failed before an answer was complete: network, TLS, proxy.
Error connection_error(const ApiRequest& request, const ClusterAccess& access, const http::Completion& completion);
// An answer that says no, or that does not come from a Kubernetes API. `body` is null when it was not JSON.
Error status_error(const ApiRequest& request, const ClusterAccess& access, const http::Response& response,
                   const Json& body);
// A 2xx answer that is not what was asked for.
Error not_kubernetes_error(const ApiRequest& request, const ClusterAccess& access, const http::Response& response);

}  // namespace kforge::kube
