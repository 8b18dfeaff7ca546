// SPDX-License-Identifier: Apache-2.0
// Seam: time. Fakes own it, so that tests run minutes of rollout in microseconds.
#pragma once

#include "base/duration.hpp"

#include <chrono>

namespace kforge {

struct Clock {
  using time_point = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual time_point now() const = 0;      // monotonic, for deadlines
  virtual WallTime wall_time() const = 0;  // for people and for records
};

struct SystemClock final : Clock {
  time_point now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_time() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace kforge
