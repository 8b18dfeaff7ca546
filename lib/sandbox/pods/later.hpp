// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/pods/timer_slot.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace kforge::sandbox {

// Answers from the loop, in order, and not any more once it is gone.
class Later {
 public:
  explicit Later(Timers& timers) : timer_(timers) {}
  void run(std::function<void()> action) {
    waiting_.push_back(std::move(action));
    if (!timer_.is_set()) arm();
  }

 private:
  void arm() {
    timer_.set(Milliseconds(0), [this] {
      const std::function<void()> action = std::move(waiting_.front());
      waiting_.pop_front();
      if (!waiting_.empty()) arm();
      action();  // last: it may destroy the session
    });
  }
  std::deque<std::function<void()>> waiting_;
  TimerSlot timer_;
};

}  // namespace kforge::sandbox
