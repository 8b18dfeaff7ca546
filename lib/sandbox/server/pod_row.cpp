// SPDX-License-Identifier: Apache-2.0
#include "sandbox/server/pod_row.hpp"

#include "sandbox/server/tables.hpp"

#include <fmt/format.h>

namespace kforge::sandbox {
namespace {

struct Summary {
  std::string status;
  std::int64_t restarts = 0;
  std::size_t ready = 0, total = 0;
  std::string last_restart;
};

std::string terminated_word(const Json& state) {
  if (const std::string reason = string_at(state, {"reason"}); !reason.empty()) return reason;
  const auto signal = int_at(state, {"signal"});
  return signal != 0 ? fmt::format("Signal:{}", signal) : fmt::format("ExitCode:{}", int_at(state, {"exitCode"}));
}

void count_restarts(const Json& container, Summary& summary) {
  summary.restarts += int_at(container, {"restartCount"});
  summary.last_restart =
      std::max(summary.last_restart, string_at(container, {"lastState", "terminated", "finishedAt"}));
}

// The first init container that has not ended well decides the word; true when there is one.
bool initializing(const Json& pod, Summary& summary) {
  const std::size_t all = at_path(pod, {"spec", "initContainers"}).size();
  std::size_t index = 0;
  for (const Json& container : at_path(pod, {"status", "initContainerStatuses"})) {
    const Json &terminated = at_path(container, {"state", "terminated"}),
               &waiting = at_path(container, {"state", "waiting"});
    if (terminated.is_object() && int_at(terminated, {"exitCode"}) == 0) {
      ++index;
      continue;
    }
    count_restarts(container, summary);
    const std::string reason = string_at(waiting, {"reason"});
    if (terminated.is_object())
      summary.status = "Init:" + terminated_word(terminated);
    else if (!reason.empty() && reason != "PodInitializing")
      summary.status = "Init:" + reason;
    else
      summary.status = fmt::format("Init:{}/{}", index, all);
    return true;
  }
  return false;
}

void running(const Json& pod, Summary& summary) {
  bool has_running = false;
  const Json& statuses = at_path(pod, {"status", "containerStatuses"});
  for (auto container = statuses.rbegin(); container != statuses.rend(); ++container) {
    count_restarts(*container, summary);
    const std::string waiting = string_at(*container, {"state", "waiting", "reason"});
    const Json& terminated = at_path(*container, {"state", "terminated"});
    if (!waiting.empty())
      summary.status = waiting;
    else if (terminated.is_object())
      summary.status = terminated_word(terminated);
    else if (bool_at(*container, {"ready"}) && at_path(*container, {"state", "running"}).is_object()) {
      has_running = true;
      ++summary.ready;
    }
  }
  if (summary.status == "Completed" && has_running) summary.status = "Running";
}

Summary summary_of(const Json& pod) {
  Summary summary;
  summary.total = at_path(pod, {"spec", "containers"}).size();
  summary.status = string_at(pod, {"status", "reason"}, string_at(pod, {"status", "phase"}));
  for (const Json& condition : at_path(pod, {"status", "conditions"}))
    if (string_at(condition, {"type"}) == "PodScheduled" && string_at(condition, {"reason"}) == "SchedulingGated")
      summary.status = "SchedulingGated";
  if (!initializing(pod, summary)) running(pod, summary);
  if (at_path(pod, {"metadata", "deletionTimestamp"}).is_string()) summary.status = "Terminating";
  return summary;
}

std::string or_none(std::string text) {
  return text.empty() ? "<none>" : text;
}

}  // namespace

std::vector<Json> pod_cells(const Json& pod, WallTime now) {
  const Summary summary = summary_of(pod);
  std::string restarts = std::to_string(summary.restarts);
  if (summary.restarts > 0 && !summary.last_restart.empty())
    restarts += fmt::format(" ({} ago)", human_age(summary.last_restart, now));
  return {string_at(pod, {"metadata", "name"}),
          fmt::format("{}/{}", summary.ready, summary.total),
          summary.status,
          restarts,
          human_age(string_at(pod, {"metadata", "creationTimestamp"}), now),
          or_none(string_at(pod, {"status", "podIP"})),
          or_none(string_at(pod, {"spec", "nodeName"})),
          "<none>",
          "<none>"};
}

}  // namespace kforge::sandbox
