// SPDX-License-Identifier: Apache-2.0
// What a simulated container has logged: a function of time, so that logs take neither memory nor timers.
#pragma once

#include "base/duration.hpp"
#include "sandbox/pods/runtime.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

struct LogLine {
  WallTime time;
  std::string text;
};

class LogScript {
 public:
  // `image` decides how it talks; `port` 0: none.
  LogScript(std::string name, std::string image, int port, WallTime started_at);
  // No line comes after the end but these.
  void end(WallTime at, std::vector<std::string> last_words);

  // Lines with since < time <= until, at most the `most` last ones.
  std::vector<LogLine> lines(WallTime since, WallTime until, std::size_t most) const;
  // When the next line after `time` comes; empty when there is none.
  std::optional<WallTime> next_after(WallTime time) const;
  WallTime started_at() const { return started_at_; }

 private:
  std::optional<WallTime> time_of(std::size_t number) const;  // of a line; empty behind the last one
  LogLine line(std::size_t number) const;
  std::size_t count_until(WallTime time) const;

  std::string name_, image_;
  WallTime started_at_;
  std::vector<std::string> banner_;
  std::optional<WallTime> ended_at_;
  std::vector<std::string> last_words_;
};

// The text of a log request for these lines: the query's times, tail and size.
std::string log_text(const std::vector<LogLine>& lines, const LogQuery& query);
// The first moment that the query asks for.
WallTime log_since(const LogQuery& query, WallTime now);

}  // namespace kforge::sandbox
