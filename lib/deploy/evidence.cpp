// SPDX-License-Identifier: Apache-2.0
// The parts of a diagnosis that need no request: events in lines, and the place in the project file.
#include "base/text.hpp"
#include "deploy/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::deploy {
namespace {

constexpr std::size_t most_event_lines = 10;
constexpr std::chrono::seconds event_slack{5};  // clocks of the server and of the nodes

// What every healthy start says too.
constexpr std::array<std::string_view, 8> noise = {"Started", "Created", "SuccessfulCreate",  "Scheduled",
                                                   "Pulling", "Pulled",  "ScalingReplicaSet", "SuccessfulDelete"};

std::optional<WallTime> time_of(const Json& event) {
  std::string text = string_at(event, {"series", "lastObservedTime"});
  for (const char* field : {"lastTimestamp", "eventTime"})
    if (text.empty()) text = string_at(event, {field});
  if (text.empty()) text = string_at(event, {"metadata", "creationTimestamp"});
  return parse_rfc3339(text);
}

struct EventLine {
  bool warning = false;
  WallTime time{};
  std::string text;
  std::int64_t count = 0;
};

std::vector<EventLine> merged(const std::vector<const Json*>& events, std::optional<WallTime> since) {
  std::vector<EventLine> lines;
  for (const Json* event : events) {
    const std::string reason = string_at(*event, {"reason"});
    const WallTime time = time_of(*event).value_or(WallTime{});
    if (std::ranges::find(noise, reason) != noise.end() || (since && time < *since - event_slack)) continue;
    std::string text = fmt::format("{}: {}", reason, trim(string_at(*event, {"message"})));
    const std::int64_t count =
        std::max<std::int64_t>(1, int_at(*event, {"count"}, int_at(*event, {"series", "count"}, 1)));
    const auto same = std::ranges::find(lines, text, &EventLine::text);
    if (same == lines.end()) {
      lines.push_back({string_at(*event, {"type"}) == "Warning", time, std::move(text), count});
    } else {
      same->count += count;
      same->time = std::max(same->time, time);
    }
  }
  return lines;
}

// The project file's section of a service or of a part that kforge brings along.
std::vector<std::string> section_of(const std::string& service) {
  if (service == "postgres") return {"database"};
  if (service == "keycloak") return {"auth"};
  if (service == "kong") return {"gateway"};
  return {"services", service};
}

// The key below the section that a cause is about (the codes are public: docs and `kforge explain`).
std::vector<std::string> key_of_cause(std::string_view code) {
  if (code >= "KF2002" && code <= "KF2009") return {"image"};
  if (code == "KF2011") return {"uid"};
  if (code == "KF2013") return {"command"};
  if (code == "KF2015" || code == "KF2021") return {"resources"};
  if (code == "KF2018" || code == "KF2020") return {"health"};
  if (code == "KF2050" || code == "KF2052") return {"storage"};
  return {};
}

}  // namespace

std::vector<std::string> event_lines(const std::vector<const Json*>& events, std::optional<WallTime> since) {
  std::vector<EventLine> lines = merged(events, since);
  std::ranges::stable_sort(lines, [](const EventLine& a, const EventLine& b) {
    return a.warning != b.warning ? a.warning : a.time > b.time;
  });
  if (lines.size() > most_event_lines) lines.resize(most_event_lines);
  std::vector<std::string> texts;
  for (const EventLine& line : lines)
    texts.push_back(line.count > 1 ? fmt::format("{} ({}x)", line.text, line.count) : line.text);
  return texts;
}

std::optional<SourcePlace> place_of_cause(const project::Project& project, const Change& change,
                                          const rollout::Verdict& verdict) {
  const std::vector<std::string> key = key_of_cause(verdict.code);
  if (!key.empty() && !change.object->service.empty()) {
    std::vector<std::string> path = section_of(change.object->service);
    path.insert(path.end(), key.begin(), key.end());
    const SourcePlace place = project.place_of(path);
    if (place.known()) return place;
  }
  if (change.object->origin.known()) return change.object->origin;
  return std::nullopt;
}

}  // namespace kforge::deploy
