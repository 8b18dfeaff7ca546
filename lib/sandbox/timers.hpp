// SPDX-License-Identifier: Apache-2.0
// Seam: time inside the sandbox. The real one sits on the event loop and can run faster (--speed); tests drive a fake.
#pragma once

#include "os/clock.hpp"

#include <cstdint>
#include <functional>

namespace kforge::sandbox {

struct Timers {
  using Id = std::uint64_t;
  virtual ~Timers() = default;
  virtual Clock::time_point now() const = 0;
  virtual WallTime wall_time() const = 0;
  // Calls `action` once, `delay` of sandbox time from now, from the loop; zero runs it at the next turn.
  virtual Id after(Milliseconds delay, std::function<void()> action) = 0;
  virtual void cancel(Id id) = 0;
};

}  // namespace kforge::sandbox
