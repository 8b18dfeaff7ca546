// SPDX-License-Identifier: Apache-2.0
// The kubelet of every node of the sandbox: takes pods that are bound to a node through their life and writes their
// status and events.
#pragma once

#include "sandbox/controllers/controller.hpp"
#include "sandbox/pods/runtime.hpp"

#include <memory>

namespace kforge::sandbox {

std::unique_ptr<Controller> make_kubelet(Api& api, Timers& timers, PodRuntime& runtime);

}  // namespace kforge::sandbox
