// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/timers.hpp"
#include "tests/fakes/fake_clock.hpp"

#include <map>

namespace kforge::sandbox::tests {

// Sandbox time that a test moves; what is due runs on the way, in order.
struct FakeTimers final : Timers {
  Clock::time_point now() const override { return clock.now(); }
  WallTime wall_time() const override { return clock.wall_time(); }
  Id after(Milliseconds delay, std::function<void()> action) override {
    due.emplace(std::pair(clock.now() + delay, ++last), std::move(action));
    return last;
  }
  void cancel(Id id) override {
    std::erase_if(due, [id](const auto& entry) { return entry.first.second == id; });
  }

  void run_for(Milliseconds length) {
    const Clock::time_point end = clock.now() + length;
    while (!due.empty() && due.begin()->first.first <= end) {
      clock.advance_to(due.begin()->first.first);
      const auto action = std::move(due.begin()->second);
      due.erase(due.begin());
      ++fired;
      action();
    }
    clock.advance_to(end);
  }

  kforge::tests::FakeClock clock;
  std::map<std::pair<Clock::time_point, Id>, std::function<void()>> due;
  Id last = 0;
  std::size_t fired = 0;
};

}  // namespace kforge::sandbox::tests
