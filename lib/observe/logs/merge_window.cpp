// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/merge_window.hpp"

#include <algorithm>
#include <functional>

namespace kforge::observe {
namespace {

using namespace std::chrono_literals;

constexpr auto first_bytes_patience = 1s;    // a log may be empty, which nobody tells
constexpr auto next_bytes_patience = 500ms;  // between two pieces of what was written before now
constexpr auto window = 100ms;               // clocks of nodes and ways of lines differ by less, as a rule

void hand_over_front(MergeInput& input, LogSink& sink) {
  const LogLine line = input.queue.front();
  if (line.kind == LogLine::Kind::note)
    sink.on_note(input.origin, line.text);
  else
    sink.on_line(input.origin, line);
  input.queue.pop();
}

}  // namespace

void MergeInput::opened(Clock::time_point now) {
  open = true;
  caught_up = came = full = false;
  last_sign = now;
}

void MergeInput::arrived(Clock::time_point now) {
  came = true;
  last_sign = now;
}

// Whether an older line than all others may still come from an input that has nothing now.
bool MergeWindow::holds_up_others(MergeInput& input, Clock::time_point now) {
  if (!input.open || input.caught_up) return false;
  if (order_ == Order::strict) return true;
  const Clock::time_point patience_ends =
      input.last_sign + (input.came ? Clock::time_point::duration(next_bytes_patience) : first_bytes_patience);
  if (now >= patience_ends) {
    input.caught_up = true;
    return false;
  }
  blocked_until_ = std::min(blocked_until_, patience_ends);
  return true;
}

void MergeWindow::find_heads(const std::vector<MergeInput*>& inputs, Clock::time_point now) {
  heads_.clear();
  open_ = 0;
  blocked_ = full_ = false;
  blocked_until_ = Clock::time_point::max();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    MergeInput& input = *inputs[i];
    open_ += input.open ? 1 : 0;
    full_ = full_ || input.full;
    if (!input.queue.empty())
      heads_.emplace_back(input.queue.front_ns(), i);
    else if (holds_up_others(input, now))
      blocked_ = true;
  }
  std::ranges::make_heap(heads_, std::greater{});
}

Clock::time_point MergeWindow::pump(const std::vector<MergeInput*>& inputs, Clock::time_point now, LogSink& sink) {
  find_heads(inputs, now);
  if (heads_.empty()) return Clock::time_point::max();
  if (blocked_) return blocked_until_;
  return hand_over(inputs, now, sink);
}

// Takes from the earliest log as long as it is the earliest.
Clock::time_point MergeWindow::hand_over(const std::vector<MergeInput*>& inputs, Clock::time_point now, LogSink& sink) {
  const bool waits = order_ == Order::window && open_ > 1 && !full_;
  while (!heads_.empty()) {
    std::ranges::pop_heap(heads_, std::greater{});
    const std::size_t earliest = heads_.back().second;
    heads_.pop_back();
    MergeInput& input = *inputs[earliest];
    const Head next = heads_.empty() ? Head{INT64_MAX, inputs.size()} : heads_.front();
    while (!input.queue.empty() && Head{input.queue.front_ns(), earliest} <= next) {
      if (sink.full()) return now;
      if (waits && input.queue.front_arrival() + window > now) return input.queue.front_arrival() + window;
      hand_over_front(input, sink);
    }
    if (input.queue.empty()) {
      if (!holds_up_others(input, now)) continue;
      return blocked_until_;
    }
    heads_.emplace_back(input.queue.front_ns(), earliest);
    std::ranges::push_heap(heads_, std::greater{});
  }
  return Clock::time_point::max();
}

void MergeWindow::drain(const std::vector<MergeInput*>& inputs, LogSink& sink) {
  for (;;) {
    MergeInput* earliest = nullptr;
    for (MergeInput* input : inputs)
      if (!input->queue.empty() && (earliest == nullptr || input->queue.front_ns() < earliest->queue.front_ns()))
        earliest = input;
    if (earliest == nullptr) return;
    hand_over_front(*earliest, sink);
  }
}

}  // namespace kforge::observe
