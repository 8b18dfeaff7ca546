// SPDX-License-Identifier: Apache-2.0
// The lines of one log that have arrived and not been handed over: bytes in one piece of memory, lines as marks in it.
#pragma once

#include "observe/logs/resume_point.hpp"
#include "observe/logs/stamp.hpp"
#include "os/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::observe {

// A line is kept whole up to this length; a longer one comes in pieces of it.
inline constexpr std::size_t longest_log_line = std::size_t{4} << 20;

struct LogLine {
  enum class Kind { line, piece, note };  // a piece: the line goes on in the next one
  Kind kind = Kind::line;
  std::int64_t ns = 0;     // never less than of the line before in the same log
  std::string_view stamp;  // as the server wrote it; empty when it wrote none, and of further pieces
  std::string_view text;
};

class LineQueue {
 public:
  // Takes bytes as they come; whole lines that the resume point has not seen before join the queue.
  void take(std::string_view bytes, ResumePoint& resume, Clock::time_point now);
  // The log is over: what came last is a line even without a line feed.
  void finish(ResumePoint& resume, Clock::time_point now);
  // The connection broke: the start of a line will come again.
  void drop_partial();
  // A remark of ours between the lines.
  void add_note(std::string text, Clock::time_point now);

  bool empty() const { return head_ == marks_.size(); }
  LogLine front() const;
  std::int64_t front_ns() const { return marks_[head_].ns; }
  Clock::time_point front_arrival() const { return arrivals_.front().time; }
  void pop();
  std::size_t bytes() const { return bytes_.size(); }
  std::uint64_t lines_so_far() const { return added_; }
  // Tells one start of a line from another.
  std::uint64_t partial_hash() const { return hash_of_line(std::string_view(bytes_).substr(line_begin_), 0); }
  // Time of the first new line since a new stream began; empty until it comes.
  void begin_stream() { first_ns_.reset(); }
  std::optional<std::int64_t> first_ns() const { return first_ns_; }

 private:
  struct Mark {
    std::int64_t ns;
    std::size_t begin;
    std::uint32_t size;
    std::uint8_t stamp_size;  // the text starts one byte behind it
    LogLine::Kind kind;       // the text of a note is the first of notes_
  };
  struct Arrivals {
    Clock::time_point time;
    std::uint64_t up_to;  // number of the first line that came later
  };
  void add_line(std::size_t end, LogLine::Kind kind, ResumePoint& resume);
  void push_note(std::string text);
  void note_arrivals(Clock::time_point now);
  void compact();

  std::string bytes_;
  std::size_t line_begin_ = 0, searched_ = 0;  // of the line that is arriving
  bool continued_ = false;                     // pieces of it have been queued
  std::vector<Mark> marks_;
  std::deque<std::string> notes_;  // the texts of the marks that are notes
  std::size_t head_ = 0;
  std::uint64_t popped_ = 0, added_ = 0;
  std::deque<Arrivals> arrivals_;
  StampReader stamps_;
  std::optional<std::int64_t> first_ns_;
  std::int64_t last_ns_ = INT64_MIN, line_ns_ = INT64_MIN;  // highest of all; of the line that is arriving
};

}  // namespace kforge::observe
