// SPDX-License-Identifier: Apache-2.0
#include "observe/logs/line_queue.hpp"

#include <algorithm>
#include <utility>

namespace kforge::observe {
namespace {

constexpr std::size_t worth_compacting = 256 * 1024;
constexpr std::string_view gap_text = "lines may be missing here: the log was rotated while the connection was down";
// What a kubelet answers instead of a log that the runtime has removed, with status 200.
constexpr std::string_view removed_text = "unable to retrieve container logs for ";

// A space stands between time and text.
std::size_t text_offset(std::string_view line, std::size_t stamp_size) {
  return stamp_size == 0 ? 0 : std::min(line.size(), stamp_size + 1);
}

}  // namespace

void LineQueue::take(std::string_view bytes, ResumePoint& resume, Clock::time_point now) {
  bytes_.append(bytes);
  for (;;) {
    const std::size_t end = bytes_.find('\n', searched_);
    while (std::min(end, bytes_.size()) - line_begin_ > longest_log_line)
      add_line(line_begin_ + longest_log_line, LogLine::Kind::piece, resume);
    if (end == std::string::npos) break;
    add_line(end, LogLine::Kind::line, resume);
    line_begin_ = searched_ = end + 1;
  }
  searched_ = bytes_.size();
  note_arrivals(now);
  compact();
}

void LineQueue::finish(ResumePoint& resume, Clock::time_point now) {
  if (line_begin_ < bytes_.size() || continued_) add_line(bytes_.size(), LogLine::Kind::line, resume);
  line_begin_ = searched_ = bytes_.size();
  note_arrivals(now);
}

void LineQueue::drop_partial() {
  bytes_.resize(line_begin_);
  searched_ = line_begin_;
  continued_ = false;
}

// Adds what stands between line_begin_ and `end`.
void LineQueue::add_line(std::size_t end, LogLine::Kind kind, ResumePoint& resume) {
  const std::string_view line = std::string_view(bytes_).substr(line_begin_, end - line_begin_);
  Mark mark{0, line_begin_, static_cast<std::uint32_t>(line.size()), 0, kind};
  const bool first = !continued_;
  line_begin_ = end;
  continued_ = kind == LogLine::Kind::piece;
  if (first) {
    const std::optional<Stamp> stamp = stamps_.read(line);
    if (!stamp && line.starts_with(removed_text)) return push_note(std::string(line));
    line_ns_ = stamp ? stamp->ns : last_ns_;
    mark.stamp_size = stamp ? static_cast<std::uint8_t>(stamp->length) : 0;
  }
  mark.ns = last_ns_ = std::max(last_ns_, line_ns_);
  if (line_ns_ != INT64_MIN) {
    const ResumePoint::Arrival arrival = resume.accept(line_ns_, line.substr(text_offset(line, mark.stamp_size)));
    if (arrival == ResumePoint::Arrival::repeat) return;
    if (arrival == ResumePoint::Arrival::fresh_after_gap) push_note(std::string(gap_text));
  }
  if (!first_ns_) first_ns_ = mark.ns;
  marks_.push_back(mark);
  ++added_;
}

void LineQueue::push_note(std::string text) {
  notes_.push_back(std::move(text));
  marks_.push_back({last_ns_, line_begin_, 0, 0, LogLine::Kind::note});
  ++added_;
}

void LineQueue::add_note(std::string text, Clock::time_point now) {
  push_note(std::move(text));
  note_arrivals(now);
}

void LineQueue::note_arrivals(Clock::time_point now) {
  const std::uint64_t before = arrivals_.empty() ? popped_ : arrivals_.back().up_to;
  if (added_ == before) return;
  if (!arrivals_.empty() && arrivals_.back().time == now)
    arrivals_.back().up_to = added_;
  else
    arrivals_.push_back({now, added_});
}

LogLine LineQueue::front() const {
  const Mark& mark = marks_[head_];
  if (mark.kind == LogLine::Kind::note) return {mark.kind, mark.ns, {}, notes_.front()};
  const std::string_view line = std::string_view(bytes_).substr(mark.begin, mark.size);
  return {mark.kind, mark.ns, line.substr(0, mark.stamp_size), line.substr(text_offset(line, mark.stamp_size))};
}

void LineQueue::pop() {
  if (marks_[head_].kind == LogLine::Kind::note) notes_.pop_front();
  ++head_;
  ++popped_;
  if (!arrivals_.empty() && arrivals_.front().up_to <= popped_) arrivals_.pop_front();
  compact();
}

// Gives back the memory of what has been handed over: at once when nothing is left, otherwise when it is the larger
// part.
void LineQueue::compact() {
  const std::size_t done = empty() ? line_begin_ : marks_[head_].begin;
  if (done == 0 || (!empty() && (done < worth_compacting || done < bytes_.size() / 2))) return;
  bytes_.erase(0, done);
  line_begin_ -= done;
  searched_ -= std::min(done, searched_);
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(head_));
  head_ = 0;
  for (Mark& mark : marks_) mark.begin -= done;
}

}  // namespace kforge::observe
