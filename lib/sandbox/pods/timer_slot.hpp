// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/timers.hpp"

#include <optional>
#include <utility>

namespace kforge::sandbox {

// One timer that is replaced by the next and cancelled with its owner.
class TimerSlot {
 public:
  explicit TimerSlot(Timers& timers) : timers_(timers) {}
  ~TimerSlot() { clear(); }
  TimerSlot(const TimerSlot&) = delete;
  TimerSlot& operator=(const TimerSlot&) = delete;
  void set(Milliseconds delay, std::function<void()> action) {
    clear();
    id_ = timers_.after(delay, [this, action = std::move(action)] {
      id_.reset();
      action();
    });
  }
  void clear() {
    if (id_) timers_.cancel(*id_);
    id_.reset();
  }
  bool is_set() const { return id_.has_value(); }

 private:
  Timers& timers_;
  std::optional<Timers::Id> id_;
};

}  // namespace kforge::sandbox
