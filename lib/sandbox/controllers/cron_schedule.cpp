// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/cron_schedule.hpp"

#include "base/text.hpp"

#include <array>
#include <charconv>
#include <vector>

namespace kforge::sandbox {
namespace {

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> shorthands{{{"@yearly", "0 0 1 1 *"},
                                                                                   {"@annually", "0 0 1 1 *"},
                                                                                   {"@monthly", "0 0 1 * *"},
                                                                                   {"@weekly", "0 0 * * 0"},
                                                                                   {"@daily", "0 0 * * *"},
                                                                                   {"@midnight", "0 0 * * *"},
                                                                                   {"@hourly", "0 * * * *"}}};

struct Range {
  int least, most;
};

// A number or a name, at least `range.least`; empty when it is neither.
template <std::size_t N>
std::optional<int> value_of(const std::string& text, const std::array<std::string_view, N>& names, Range range) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text == names[i]) return static_cast<int>(i) + range.least;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < range.least || value > range.most)
    return std::nullopt;
  return value;
}

// One comma-separated part: "*", "5", "1-5", "*/15", "10-30/5".
template <std::size_t Bits, std::size_t N>
bool add_part(const std::string& part, const std::array<std::string_view, N>& names, Range range,
              std::bitset<Bits>& bits) {
  const std::vector<std::string> stepped = split(part, '/');
  if (stepped.size() > 2) return false;
  const std::optional<int> step =
      stepped.size() == 2 ? value_of(stepped[1], std::array<std::string_view, 0>{}, {1, 1000}) : std::optional(1);
  const std::vector<std::string> ends = split(stepped[0], '-');
  const bool all = stepped[0] == "*" || stepped[0] == "?";
  const auto from = all ? std::optional(range.least) : value_of(ends[0], names, range);
  const auto to = all || (ends.size() == 1 && stepped.size() == 2) ? std::optional(range.most)
                  : ends.size() == 1                               ? from
                  : ends.size() == 2                               ? value_of(ends[1], names, range)
                                                                   : std::nullopt;
  if (!step || !from || !to || *from > *to) return false;
  for (int value = *from; value <= *to; value += *step) bits.set(static_cast<std::size_t>(value));
  return true;
}

template <std::size_t Bits, std::size_t N = 0>
bool read_field(const std::string& field, Range range, std::bitset<Bits>& bits,
                const std::array<std::string_view, N>& names = {}) {
  for (const std::string& part : split(to_lower(field), ','))
    if (!add_part(part, names, range, bits)) return false;
  return true;
}

}  // namespace

std::optional<CronSchedule> CronSchedule::parse(const std::string& text) {
  std::string fields_text(trim(text));
  for (const auto& [name, meaning] : shorthands)
    if (fields_text == name) fields_text = meaning;
  std::vector<std::string> fields = split(replace_all(fields_text, "\t", " "), ' ');
  std::erase(fields, "");
  if (fields.size() != 5) return std::nullopt;
  CronSchedule schedule;
  const bool fine = read_field(fields[0], {0, 59}, schedule.minutes_) &&
                    read_field(fields[1], {0, 23}, schedule.hours_) && read_field(fields[2], {1, 31}, schedule.days_) &&
                    read_field(fields[3], {1, 12}, schedule.months_, month_names) &&
                    read_field(fields[4], {0, 7}, schedule.weekdays_, weekday_names);
  if (!fine) return std::nullopt;
  if (schedule.weekdays_[7]) schedule.weekdays_.set(0);
  schedule.any_day_ = fields[2].starts_with('*');
  schedule.any_weekday_ = fields[4].starts_with('*');
  return schedule;
}

// When both day fields are restricted, either one is enough (crontab(5)).
bool CronSchedule::matches_day(std::chrono::sys_days day) const {
  const std::chrono::year_month_day date(day);
  const bool by_date = days_[static_cast<unsigned>(date.day())],
             by_weekday = weekdays_[std::chrono::weekday(day).c_encoding()];
  return any_day_ || any_weekday_ ? by_date && by_weekday : by_date || by_weekday;
}

std::optional<WallTime> CronSchedule::next(WallTime after) const {
  using namespace std::chrono;
  constexpr days horizon{5 * 366};
  const auto first = floor<minutes>(after) + minutes(1);
  for (sys_days day = floor<days>(first); day < floor<days>(first) + horizon; day += days(1)) {
    const year_month_day date(day);
    if (!months_[static_cast<unsigned>(date.month())] || !matches_day(day)) continue;
    for (minutes time = day == floor<days>(first) ? first - day : minutes(0); time < days(1); time += minutes(1))
      if (hours_[static_cast<std::size_t>(time / hours(1))] && minutes_[static_cast<std::size_t>(time.count() % 60)])
        return WallTime(day + time);
  }
  return std::nullopt;
}

}  // namespace kforge::sandbox
