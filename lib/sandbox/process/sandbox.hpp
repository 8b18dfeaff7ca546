// SPDX-License-Identifier: Apache-2.0
// A whole cluster in one process and one event loop: store, API, controllers, pods, HTTPS.
#pragma once

#include "sandbox/process/home.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace kforge::sandbox {

struct ServeOptions {
  Home home;
  std::string kforge_version;
  double speed = 1;                             // seconds of sandbox time in a second
  std::function<void(std::string_view)> log{};  // takes whole lines
};

// Serves until SIGTERM or SIGINT. `on_ready` is called once, when requests are answered. Throws Error{conflict} when
// another process serves the folder.
void serve(const ServeOptions& options, const std::function<void(const Serving&)>& on_ready);

}  // namespace kforge::sandbox
