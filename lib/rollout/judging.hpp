// SPDX-License-Identifier: Apache-2.0
// One judgement in progress: what is known, the timers, and how verdicts are put into words.
#pragma once

#include "rollout/event_reading.hpp"
#include "rollout/reading.hpp"
#include "rollout/verdict.hpp"

#include <optional>
#include <string>

namespace kforge::rollout {

struct Judging {
  const Json& live;
  const Surroundings& around;
  const Baseline& baseline;
  Memory& memory;
  Clock::time_point now;
  WallTime server_now;
  const Options& options;
  // Timers that were true in this round; the others are forgotten at its end.
  std::map<std::string, Clock::time_point, std::less<>> kept{};

  // A write of ours is waited for, as opposed to one look at what is there.
  bool deploying() const { return !baseline.uid.empty(); }
  // Since when the signal `key` has been true: from memory, otherwise now; without a write of ours from `observed`, the
  // objects' own time. A condition's time is exact also while deploying, but never before our write.
  Clock::time_point true_since(const std::string& key, std::optional<WallTime> observed = {});
  Clock::time_point true_since_condition(const std::string& key, const Json& condition);
  // Whether `start` is `length` ago; otherwise a wake-up is noted for then.
  bool passed(Clock::time_point start, Milliseconds length);
  // Whether the server's clock has reached `time`; otherwise a wake-up is noted for then.
  bool reached(WallTime time);
  // How long ago by the server's clock; zero for the future.
  Milliseconds age(WallTime time) const;
  // Whether an event or condition belongs to this deploy rather than to an earlier one.
  bool since_our_write(std::optional<WallTime> time) const;
  // Notes counters that grow while a rollout goes on; sets memory.last_progress when one did.
  void note_progress(std::initializer_list<std::pair<std::string_view, std::int64_t>> counters);

 private:
  Clock::time_point start_of(const std::string& key, Milliseconds ago);
};

Verdict waiting(std::string reason, std::string message);
Verdict ready(std::string message, std::string reason = "Ready");
// Ready, with a warning out of the table of causes; the message defaults to the cause's title.
Verdict warned(CauseId id, std::string message = {}, std::string evidence = {});
Verdict failed(CauseId id, std::string message = {}, std::string evidence = {});

}  // namespace kforge::rollout
