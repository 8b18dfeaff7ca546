// SPDX-License-Identifier: Apache-2.0
// Events of the cluster, sorted and folded: what happens to every pod of a service again and again is one row.
#pragma once

#include "base/duration.hpp"
#include "kube/client.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kforge::observe {

struct EventRow {
  std::optional<WallTime> first, last;
  bool warning = false;
  std::string reason, message;
  kube::ObjectRef object;         // the one it happened to last
  std::string service;            // that its name begins with; empty when it is nobody's
  std::int64_t count = 1;         // how often, over all objects
  std::set<std::string> objects;  // names of those it happened to
};

// Oldest first, as they would have been read while they happened. `services`: the names that objects belong to.
std::vector<EventRow> event_rows(const std::vector<Json>& events, const std::vector<std::string>& services);
// One event as a row.
EventRow event_row(const Json& event, const std::vector<std::string>& services);

// The longest of the names that an object is called after: "order-service" of "order-service-7c9f-abcde".
std::string service_of_name(std::string_view object, const std::vector<std::string>& services);

enum class Severity { all, warnings };
kube::ApiRequest events_request(kube::Client& client, const std::string& name_space, Severity severity);
inline constexpr std::string_view only_warnings = "type=Warning";  // as a field selector

Json to_json(const EventRow& row);

}  // namespace kforge::observe
