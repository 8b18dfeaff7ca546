// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/clock.hpp"

namespace kforge::tests {

// Time that moves only when a test says so. Starts at 2026-01-01T00:00:00Z.
struct FakeClock final : Clock {
  time_point now() const override { return now_; }
  WallTime wall_time() const override {
    return start_ + std::chrono::duration_cast<std::chrono::microseconds>(now_ - time_point{});
  }
  void advance(Milliseconds length) { now_ += length; }
  void advance_to(time_point when) {
    if (when > now_) now_ = when;
  }

 private:
  time_point now_{};
  WallTime start_ = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
};

}  // namespace kforge::tests
