// SPDX-License-Identifier: Apache-2.0
#include "observe/event_rows.hpp"

#include "base/text.hpp"
#include "rollout/event_reading.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace kforge::observe {
namespace {

using rollout::text_at;

std::string text_of(std::string_view text) {
  return std::string(trim(text));
}

// events.k8s.io calls it `regarding`.
const Json& subject_of(const Json& event) {
  const Json& involved = at_path(event, {"involvedObject"});
  return involved.is_null() ? at_path(event, {"regarding"}) : involved;
}

kube::ObjectRef object_of(const Json& event) {
  const Json& subject = subject_of(event);
  const std::string api_version(text_at(subject, {"apiVersion"}));
  return {.kind = schema::kind_name(api_version.empty() ? "v1" : api_version, std::string(text_at(subject, {"kind"}))),
          .name_space = std::string(text_at(subject, {"namespace"})),
          .name = std::string(text_at(subject, {"name"}))};
}

// The message without what differs from pod to pod: its own name.
std::string common_message(const EventRow& row) {
  return row.object.name.empty() ? row.message : replace_all(row.message, row.object.name, "…");
}

void fold(EventRow& into, EventRow row) {
  into.count += row.count;
  if (row.first && (!into.first || *row.first < *into.first)) into.first = row.first;
  into.objects.merge(row.objects);
  if (!row.last || (into.last && *row.last < *into.last)) return;
  into.last = row.last;
  into.message = std::move(row.message);
  into.object = std::move(row.object);
}

}  // namespace

std::string service_of_name(std::string_view object, const std::vector<std::string>& services) {
  std::string_view found;
  for (const std::string& service : services) {
    const bool begins =
        object.starts_with(service) && (object.size() == service.size() || object[service.size()] == '-');
    if (begins && service.size() > found.size()) found = service;
  }
  return std::string(found);
}

EventRow event_row(const Json& event, const std::vector<std::string>& services) {
  EventRow row{.first = rollout::time_at(event, {"firstTimestamp"}),
               .last = rollout::event_time(event),
               .warning = text_at(event, {"type"}) == "Warning",
               .reason = std::string(rollout::event_reason(event)),
               .message = text_of(rollout::event_message(event)),
               .object = object_of(event),
               .service = {},
               .count = rollout::event_count(event),
               .objects = {}};
  if (!row.first) row.first = row.last;
  row.service = service_of_name(row.object.name, services);
  row.objects.insert(row.object.name);
  return row;
}

std::vector<EventRow> event_rows(const std::vector<Json>& events, const std::vector<std::string>& services) {
  using Key = std::tuple<std::string, std::string, std::string, std::string, bool, std::string>;
  std::map<Key, EventRow> folded;
  for (const Json& event : events) {
    if (rollout::kind_of(event) != "Event") continue;
    EventRow row = event_row(event, services);
    // Objects that are nobody's are not told apart by a service, so each stays for itself.
    Key key{
        row.object.name_space, row.object.kind.kind, row.service.empty() ? row.object.name : row.service, row.reason,
        row.warning,           common_message(row)};
    const auto found = folded.find(key);
    if (found == folded.end())
      folded.emplace(std::move(key), std::move(row));
    else
      fold(found->second, std::move(row));
  }
  std::vector<EventRow> rows;
  for (auto& [key, row] : folded) rows.push_back(std::move(row));
  std::stable_sort(rows.begin(), rows.end(), [](const EventRow& a, const EventRow& b) { return a.last < b.last; });
  return rows;
}

kube::ApiRequest events_request(kube::Client& client, const std::string& name_space, Severity severity) {
  kube::ApiRequest request =
      kube::list_request(kube::resolve_kind(client, {.group = "", .version = "v1", .kind = "Event"}), name_space, "");
  if (severity == Severity::warnings) request.path += "&fieldSelector=" + url_encode(only_warnings);
  return request;
}

Json to_json(const EventRow& row) {
  Json made = {{"type", row.warning ? "Warning" : "Normal"},
               {"reason", row.reason},
               {"message", row.message},
               {"kind", row.object.kind.kind},
               {"namespace", row.object.name_space},
               {"name", row.object.name},
               {"count", row.count},
               {"objects", row.objects}};
  if (!row.service.empty()) made["service"] = row.service;
  if (row.first) made["first"] = format_rfc3339(*row.first);
  if (row.last) made["last"] = format_rfc3339(*row.last);
  return made;
}

}  // namespace kforge::observe
