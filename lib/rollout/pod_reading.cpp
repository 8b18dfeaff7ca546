// SPDX-License-Identifier: Apache-2.0
#include "rollout/pod_reading.hpp"

#include "rollout/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

// Exit codes above 128 stand for a signal: the shell's convention, which the runtimes follow.
constexpr std::int64_t signal_base = 128;

std::string waiting_or_ended_word(const Json& status) {
  const std::string_view waiting = text_at(status, {"state", "waiting", "reason"});
  if (!waiting.empty()) return std::string(waiting);
  const Json& ended = at_path(status, {"state", "terminated"});
  if (!ended.is_object()) return {};
  const std::string_view reason = text_at(ended, {"reason"});
  return reason.empty() ? fmt::format("ExitCode:{}", int_at(ended, {"exitCode"})) : std::string(reason);
}

bool init_is_done(const Json& pod, const Json& status) {
  const Json& spec = named(list_at(pod, {"spec", "initContainers"}), text_at(status, {"name"}));
  if (text_at(spec, {"restartPolicy"}) == "Always") return bool_at(status, {"started"});
  const Json& ended = at_path(status, {"state", "terminated"});
  return ended.is_object() && int_at(ended, {"exitCode"}) == 0;
}

// "Init:1/2", "Init:CrashLoopBackOff"; empty when all are done.
std::string init_word(const Json& pod) {
  const auto& statuses = list_at(pod, {"status", "initContainerStatuses"});
  for (std::size_t done = 0; done < statuses.size(); ++done) {
    if (init_is_done(pod, statuses[done])) continue;
    const std::string word = waiting_or_ended_word(statuses[done]);
    if (!word.empty() && word != "PodInitializing") return "Init:" + word;
    return fmt::format("Init:{}/{}", done, list_at(pod, {"spec", "initContainers"}).size());
  }
  return {};
}

void keep_later(std::optional<Exit>& best, const Json& status, const Json::array_t& specs) {
  const Json& now_ended = at_path(status, {"state", "terminated"});
  const bool ended_well = now_ended.is_object() && int_at(now_ended, {"exitCode"}) == 0;
  const Json& ended = ended_well ? at_path(status, {"lastState", "terminated"}) : last_end_of(status);
  if (!ended.is_object()) return;
  const auto at = time_at(ended, {"finishedAt"});
  if (best && best->at && (!at || *at <= *best->at)) return;
  const std::string_view name = text_at(status, {"name"});
  best = Exit{std::string(name), exit_text(ended, named(specs, name)), at};
}

}  // namespace

bool is_ready(const Json& pod) {
  return !is_deleting(pod) && has_condition(pod, "Ready", "True");
}

bool is_finished(const Json& pod) {
  const std::string_view phase = text_at(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

std::string pod_status_word(const Json& pod) {
  if (is_deleting(pod)) return "Terminating";
  if (std::string word = init_word(pod); !word.empty()) return word;
  std::string word;
  for (const Json& status : list_at(pod, {"status", "containerStatuses"}))
    if (std::string each = waiting_or_ended_word(status); !each.empty() && word.empty()) word = std::move(each);
  const std::string_view reason = text_at(pod, {"status", "reason"});
  if (!reason.empty()) return std::string(reason);
  if (!word.empty()) return word;
  const std::string_view phase = text_at(pod, {"status", "phase"});
  return phase.empty() ? "Unknown" : std::string(phase);
}

std::int64_t restarts_of(const Json& pod) {
  std::int64_t restarts = 0;
  for (const Json& status : list_at(pod, {"status", "containerStatuses"}))
    restarts += count_at(status, {"restartCount"});
  for (const Json& status : list_at(pod, {"status", "initContainerStatuses"}))
    restarts += count_at(status, {"restartCount"});
  return restarts;
}

std::string container_key(const Json& pod, const Json& container_status) {
  return fmt::format("{}/{}", uid_of(pod), text_at(container_status, {"name"}));
}

std::int64_t restarts_since(const Baseline& baseline, const Json& pod, const Json& container_status) {
  const std::int64_t restarts = count_at(container_status, {"restartCount"});
  if (baseline.restarts.empty()) return restarts;
  const auto before = baseline.restarts.find(container_key(pod, container_status));
  return before == baseline.restarts.end() ? restarts : std::max<std::int64_t>(restarts - before->second, 0);
}

const Json& last_end_of(const Json& container_status) {
  const Json& ended = at_path(container_status, {"state", "terminated"});
  return ended.is_object() ? ended : at_path(container_status, {"lastState", "terminated"});
}

std::string exit_text(const Json& terminated, const Json& container_spec) {
  const std::string_view reason = text_at(terminated, {"reason"});
  if (reason == "OOMKilled") {
    const std::string_view limit = text_at(container_spec, {"resources", "limits", "memory"});
    return limit.empty() ? "out of memory" : fmt::format("out of memory at {}", limit);
  }
  const std::int64_t signal = int_at(terminated, {"signal"});
  const std::int64_t code = int_at(terminated, {"exitCode"}, -1);
  if (signal > 0) return fmt::format("killed by signal {}", signal);
  if (code > signal_base && code < signal_base + 65)
    return fmt::format("exit code {} (signal {})", code, code - signal_base);
  if (code >= 0) return fmt::format("exit code {}", code);
  return reason.empty() ? "end unknown" : std::string(reason);
}

std::optional<Exit> last_exit_of(const Json& pod) {
  std::optional<Exit> latest;
  for (const Json& status : list_at(pod, {"status", "initContainerStatuses"}))
    keep_later(latest, status, list_at(pod, {"spec", "initContainers"}));
  for (const Json& status : list_at(pod, {"status", "containerStatuses"}))
    keep_later(latest, status, list_at(pod, {"spec", "containers"}));
  return latest;
}

}  // namespace kforge::rollout
