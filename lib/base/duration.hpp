// SPDX-License-Identifier: Apache-2.0
// Lengths and points of time as people and Kubernetes write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kforge {

using Milliseconds = std::chrono::milliseconds;
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

// "90s", "10m", "1h30m", "1500ms"; a bare number counts seconds. Empty on anything else or when negative.
std::optional<Milliseconds> parse_duration(std::string_view text);
// "0.4s", "9s", "2m5s", "3h2m", "12d": at most two units, for people.
std::string format_duration(Milliseconds length);

// RFC 3339, as in metadata.creationTimestamp and MicroTime; empty when it is not one.
std::optional<WallTime> parse_rfc3339(std::string_view text);
std::string format_rfc3339(WallTime time);        // "2026-01-02T03:04:05Z"
std::string format_rfc3339_micro(WallTime time);  // "2026-01-02T03:04:05.000000Z"
// IMF-fixdate of the HTTP Date header (RFC 9110 §5.6.7); empty when it is not one.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace kforge
