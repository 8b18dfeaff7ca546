// SPDX-License-Identifier: Apache-2.0
#include "sandbox/process/loop_timers.hpp"

namespace kforge::sandbox {

using std::chrono::duration_cast;
using Elapsed = std::chrono::duration<double, Clock::time_point::period>;

LoopTimers::LoopTimers(boost::asio::io_context& loop, double speed)
    : timer_(loop), speed_(speed), start_(std::chrono::steady_clock::now()), wall_start_(SystemClock().wall_time()) {}

Clock::time_point LoopTimers::now() const {
  const Elapsed real = std::chrono::steady_clock::now() - start_;
  return start_ + duration_cast<Clock::time_point::duration>(real * speed_);
}

WallTime LoopTimers::wall_time() const {
  return wall_start_ + duration_cast<WallTime::duration>(now() - start_) + skew_;
}

Timers::Id LoopTimers::after(Milliseconds delay, std::function<void()> action) {
  const Id id = ++last_;
  const auto at = due_.emplace(now() + delay, std::pair(id, std::move(action)));
  by_id_.emplace(id, at);
  if (at == due_.begin()) arm();
  return id;
}

void LoopTimers::cancel(Id id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;
  due_.erase(known->second);  // the loop's timer may wake once for nothing
  by_id_.erase(known);
}

void LoopTimers::arm() {
  if (due_.empty()) return;
  const Elapsed ahead = due_.begin()->first - start_;
  timer_.expires_at(start_ + duration_cast<Clock::time_point::duration>(ahead / speed_));
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) fire();
  });
}

// Everything that is due now, and nothing that these actions add: connections get their turn in between.
void LoopTimers::fire() {
  const Clock::time_point limit = now();
  const Id newest = last_;
  while (!due_.empty() && due_.begin()->first <= limit && due_.begin()->second.first <= newest) {
    const auto [id, action] = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    by_id_.erase(id);
    action();
  }
  arm();
}

}  // namespace kforge::sandbox
