// SPDX-License-Identifier: Apache-2.0
// Everything kforge takes from the outside world.
#pragma once

#include "http/transport.hpp"
#include "os/clock.hpp"
#include "os/environment.hpp"
#include "os/process_runner.hpp"
#include "os/signals.hpp"
#include "os/terminal.hpp"

#include <functional>

namespace kforge::cli {

struct Deps {
  const Clock& clock;
  std::function<http::Transport&()> transport;  // made when first asked for: most commands need no network
  ProcessRunner& processes;
  Terminal& terminal;
  const Environment& environment;
  const SignalSource& signals;
};

}  // namespace kforge::cli
