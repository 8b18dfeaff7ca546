// SPDX-License-Identifier: Apache-2.0
#include "rollout/event_reading.hpp"

#include <algorithm>

namespace kforge::rollout {

std::string_view event_subject(const Json& event) {
  const std::string_view uid = text_at(event, {"involvedObject", "uid"});
  return uid.empty() ? text_at(event, {"regarding", "uid"}) : uid;
}

std::string_view event_message(const Json& event) {
  const std::string_view message = text_at(event, {"message"});
  return message.empty() ? text_at(event, {"note"}) : message;
}

std::int64_t event_count(const Json& event) {
  return std::max<std::int64_t>(
      {1, count_at(event, {"count"}), count_at(event, {"series", "count"}), count_at(event, {"deprecatedCount"})});
}

std::optional<WallTime> event_time(const Json& event) {
  // A repeated event of the new kind keeps its first time in eventTime and the last one in its series.
  std::optional<WallTime> time = time_at(event, {"lastTimestamp"});
  if (!time) time = time_at(event, {"series", "lastObservedTime"});
  if (!time) time = time_at(event, {"deprecatedLastTimestamp"});
  if (!time) time = time_at(event, {"eventTime"});
  if (!time) time = time_at(event, {"firstTimestamp"});
  return time ? time : time_at(event, {"metadata", "creationTimestamp"});
}

}  // namespace kforge::rollout
