// SPDX-License-Identifier: Apache-2.0
// Events as `kubectl get events` and watches give them: core/v1, and events.k8s.io/v1 with its other names.
#pragma once

#include "rollout/reading.hpp"

#include <optional>

namespace kforge::rollout {

// UID of the object an event is about.
std::string_view event_subject(const Json& event);
std::string_view event_message(const Json& event);
inline std::string_view event_reason(const Json& event) {
  return text_at(event, {"reason"});
}
// How often it happened; at least 1.
std::int64_t event_count(const Json& event);
// When it happened last, as far as the server told.
std::optional<WallTime> event_time(const Json& event);

}  // namespace kforge::rollout
