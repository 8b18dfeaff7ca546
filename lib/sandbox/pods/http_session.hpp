// SPDX-License-Identifier: Apache-2.0
// The session behind port-forward in the simulated runtime: a tiny HTTP server.
#pragma once

#include "sandbox/pods/runtime.hpp"
#include "sandbox/store.hpp"

#include <memory>

namespace kforge::sandbox {

// Answers every HTTP/1.1 request on a port that a container declares: 503 until the container is ready, the body of a
// request that has one, otherwise who answers. A Kong takes only the paths of its declarative configuration.
std::unique_ptr<PortSession> open_port(Timers& timers, const Store& store, const Json& pod, int port,
                                       PortListener listener);

}  // namespace kforge::sandbox
