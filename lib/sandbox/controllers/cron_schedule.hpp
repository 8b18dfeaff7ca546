// SPDX-License-Identifier: Apache-2.0
// The schedule of a CronJob: five fields, names, ranges, lists, steps, @hourly and its relatives (robfig/cron v3).
#pragma once

#include "base/duration.hpp"

#include <bitset>
#include <optional>
#include <string>

namespace kforge::sandbox {

class CronSchedule {
 public:
  // Empty when it cannot be read.
  static std::optional<CronSchedule> parse(const std::string& text);
  // The first time after `after`, in UTC; empty when there is none within five years (February 30).
  std::optional<WallTime> next(WallTime after) const;

 private:
  bool matches_day(std::chrono::sys_days day) const;
  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<8> weekdays_;
  bool any_day_ = false, any_weekday_ = false;
};

}  // namespace kforge::sandbox
