// SPDX-License-Identifier: Apache-2.0
// Brings the lines of many logs into the order of their times. A log that is still being read up to now holds up the
// others for a moment; lines that come live wait a tenth of a second for older ones from elsewhere, unless more come
// than memory is for.
#pragma once

#include "observe/logs/line_queue.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kforge::observe {

// Where a log comes from.
struct LogOrigin {
  std::size_t number = 0;  // counts up from 0 in the order of appearance
  std::string service, name_space, pod, container;
  bool container_matters = false;  // others of the pod are shown too
};

// Takes what is ready, in order.
struct LogSink {
  virtual ~LogSink() = default;
  // A log has appeared; its lines come later.
  virtual void on_origin(const LogOrigin& origin) { (void)origin; }
  virtual void on_line(const LogOrigin& origin, const LogLine& line) = 0;
  // A remark of ours between the lines.
  virtual void on_note(const LogOrigin& origin, std::string_view text) = 0;
  // Takes no more for now.
  virtual bool full() const = 0;
};

struct MergeInput {
  LogOrigin origin;
  LineQueue queue;
  bool open = false;              // more may come
  bool caught_up = false;         // has been silent since it was opened: it is read up to now
  bool full = false;              // takes no more before lines of it have been handed over
  bool came = false;              // something has come since it was opened
  Clock::time_point last_sign{};  // opened, or the last bytes

  void opened(Clock::time_point now);
  void arrived(Clock::time_point now);
};

enum class Order { window, strict };  // strict: waits for every open log, as long as it takes

class MergeWindow {
 public:
  explicit MergeWindow(Order order) : order_(order) {}
  Order order() const { return order_; }

  // Hands over what may go now, or until the sink is full. Returns when it wants to be called again; that is earlier
  // when something arrives or ends.
  Clock::time_point pump(const std::vector<MergeInput*>& inputs, Clock::time_point now, LogSink& sink);
  // Hands over everything, in order.
  void drain(const std::vector<MergeInput*>& inputs, LogSink& sink);

 private:
  using Head = std::pair<std::int64_t, std::size_t>;  // time, place in the inputs
  void find_heads(const std::vector<MergeInput*>& inputs, Clock::time_point now);
  bool holds_up_others(MergeInput& input, Clock::time_point now);
  Clock::time_point hand_over(const std::vector<MergeInput*>& inputs, Clock::time_point now, LogSink& sink);

  Order order_;
  std::vector<Head> heads_;  // a heap, the earliest first
  std::size_t open_ = 0;
  bool full_ = false;  // one of them is
  Clock::time_point blocked_until_{};
  bool blocked_ = false;
};

}  // namespace kforge::observe
