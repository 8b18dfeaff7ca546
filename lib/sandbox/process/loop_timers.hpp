// SPDX-License-Identifier: Apache-2.0
// Time on the event loop: one timer of the loop for all, so that an idle sandbox wakes for nothing.
#pragma once

#include "sandbox/timers.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>
#include <unordered_map>

namespace kforge::sandbox {

class LoopTimers final : public Timers {
 public:
  // `speed` 10 lets ten seconds of sandbox time pass in one.
  LoopTimers(boost::asio::io_context& loop, double speed);
  // Wall time never falls behind the newest one that a former process recorded, which may have run faster.
  void set_not_before(WallTime recorded) { wall_start_ = std::max(wall_start_, recorded); }

  Clock::time_point now() const override;
  WallTime wall_time() const override;
  Id after(Milliseconds delay, std::function<void()> action) override;
  void cancel(Id id) override;
  // Moves what wall_time() says (fault: clock skew); delays are not touched.
  void set_skew(Milliseconds skew) { skew_ = skew; }

 private:
  using Due = std::multimap<Clock::time_point, std::pair<Id, std::function<void()>>>;
  void arm();
  void fire();

  boost::asio::steady_timer timer_;
  double speed_;
  Clock::time_point start_;
  WallTime wall_start_;
  Milliseconds skew_{0};
  Due due_;
  std::unordered_map<Id, Due::iterator> by_id_;
  Id last_ = 0;
};

}  // namespace kforge::sandbox
