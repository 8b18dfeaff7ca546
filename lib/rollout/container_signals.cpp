// SPDX-License-Identifier: Apache-2.0
// Containers that are not created, do not start, or end: waiting reasons of the kubelet (pkg/kubelet/kuberuntime) and
// the terminated states that containerd and CRI-O report.
#include "base/text.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

constexpr std::int64_t crashes_tolerated = 3, init_crashes_tolerated = 2, kills_tolerated = 2;
// A pod younger than this may still crash because something it needs is starting beside it.
constexpr Milliseconds settling_in = seconds(20);

Signal on_container(const ContainerView& container, CauseId id, std::string message, std::string_view evidence) {
  Signal signal = signal_on(container.pod, id, std::move(message), evidence);
  signal.container = container.name();
  return signal;
}

// The quoted or following word after `lead` in a kubelet's text: secret "a" -> a.
std::string word_after(std::string_view text, std::string_view lead) {
  const auto at = text.find(lead);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + lead.size());
  const auto end = text.find_first_of("\" ,:");
  return std::string(text.substr(0, end));
}

// "secret 'orders-db'" of: secret "orders-db" not found; "key 'url' of configmap 'a'" of: couldn't find key url in
// ConfigMap shop/a.
std::string missing_config(std::string_view said) {
  const std::string key = word_after(said, "couldn't find key ");
  for (const auto& [kind, found_kind, lead] :
       {std::tuple{"secret", "in Secret ", "secret \""}, std::tuple{"configmap", "in ConfigMap ", "configmap \""}}) {
    if (!key.empty() && contains(said, found_kind)) {
      const std::string path = word_after(said, found_kind);
      return fmt::format("key '{}' of {} '{}'", key, kind, path.substr(path.rfind('/') + 1));
    }
    if (const std::string name = word_after(said, lead); !name.empty()) return fmt::format("{} '{}'", kind, name);
  }
  return {};
}

Signal config_signal(const ContainerView& container, std::string_view said) {
  const bool root = contains(said, "runAsNonRoot");
  const std::string missing = missing_config(said);
  Signal signal = on_container(container, root ? CauseId::runs_as_root : CauseId::config_missing,
                               root              ? "the image runs as root, which is forbidden"
                               : missing.empty() ? "container configuration is wrong"
                                                 : missing + " is missing",
                               said);
  signal.subject = root ? std::string(container.image()) : missing;
  // The kubelet's cache of Secrets and ConfigMaps lags behind on a busy node.
  if (!(contains(said, "failed to sync") && contains(said, "cache"))) signal.fatal_after = seconds(10);
  return signal;
}

Signal creation_failure(const ContainerView& container, std::string_view said) {
  Signal signal = on_container(container, CauseId::container_not_created, "container cannot be created", said);
  const bool passing = contains(said, "context deadline exceeded") ||
                       (contains(said, "name") && (contains(said, "in use") || contains(said, "is reserved")));
  if (!passing) signal.fatal_after = seconds(30);
  return signal;
}

// The runtime could not execute the command: certain when it says why, otherwise tried again.
Signal start_failure(const Judging& judging, const ContainerView& container, std::string_view said) {
  const bool platform = contains(said, "exec format error");
  const bool certain = platform || contains(said, "executable file not found") ||
                       contains(said, "no such file or directory") || contains(said, "permission denied");
  Signal signal =
      on_container(container, platform ? CauseId::wrong_platform : CauseId::cannot_start,
                   platform ? "image is built for another platform" : "the program cannot be started", said);
  signal.subject = container.image();
  if (certain) signal.fatal_after = Milliseconds{0};
  signal.count = restarts_since(judging.baseline, container.pod, container.status);
  signal.fatal_count = crashes_tolerated;
  return signal;
}

Signal hook_failure(const Judging& judging, const ContainerView& container, std::string_view said) {
  Signal signal = on_container(container, CauseId::hook_fails, "a lifecycle hook fails", said);
  signal.count = restarts_since(judging.baseline, container.pod, container.status);
  signal.fatal_count = 2;
  return signal;
}

bool is_start_failure(const Json& terminated) {
  const std::string_view reason = text_at(terminated, {"reason"});
  return reason == "StartError" || reason == "ContainerCannotRun";
}

// The event that says a probe made the kubelet kill this container; null when there is none.
const Json* probe_kill(const Judging& judging, const ContainerView& container) {
  for (const Json* event : events_about(judging, uid_of(container.pod))) {
    const std::string_view message = event_message(*event);
    if (event_reason(*event) == "Killing" && contains(message, "will be restarted") && contains(message, "probe") &&
        contains(message, fmt::format("Container {} ", container.name())))
      return event;
  }
  return nullptr;
}

struct Ending {
  CauseId cause;
  std::string message;
  std::string evidence;
  std::int64_t tolerated;
};

Ending ending_of(const Judging& judging, const ContainerView& container, const Json& terminated, std::int64_t times) {
  const std::string often = counted(static_cast<std::size_t>(times), "time");
  const std::string exit = exit_text(terminated, container.spec);
  const std::string said = std::string(text_at(terminated, {"message"}));
  if (container.init)
    return {CauseId::init_container_fails,
            fmt::format("init container '{}' failed {}, {}", container.name(), often, exit), said,
            init_crashes_tolerated};
  if (text_at(terminated, {"reason"}) == "OOMKilled") return {CauseId::out_of_memory, exit, said, kills_tolerated};
  if (const Json* event = probe_kill(judging, container))
    return {CauseId::probe_kills, fmt::format("restarted {} by its own probe", often),
            std::string(event_message(*event)), crashes_tolerated};
  if (int_at(terminated, {"exitCode"}, -1) == 0)
    return {CauseId::program_ends, fmt::format("ended {} by itself, exit code 0", often), said, crashes_tolerated};
  return {CauseId::crash_loop, fmt::format("crashed {}, {}", often, exit), said, crashes_tolerated};
}

// A container that has ended since our write. Running again it only warns; waiting for its next try, or just ended, it
// counts.
std::optional<Signal> crash_signal(const Judging& judging, const ContainerView& container, Crashes crashes) {
  if (bool_at(container.status, {"ready"})) return std::nullopt;
  const Json& now_ended = at_path(container.status, {"state", "terminated"});
  const Json& terminated = last_end_of(container.status);
  const bool backing_off = text_at(container.status, {"state", "waiting", "reason"}) == "CrashLoopBackOff";
  const std::int64_t restarts = restarts_since(judging.baseline, container.pod, container.status);
  const bool finished = now_ended.is_object() && int_at(now_ended, {"exitCode"}) == 0 && !backing_off;
  if (finished || (restarts == 0 && !backing_off && !now_ended.is_object())) return std::nullopt;
  if (text_at(terminated, {"reason"}) == "ContainerStatusUnknown")
    return on_container(container, CauseId::container_lost, "the node lost the container",
                        text_at(terminated, {"message"}));
  const Ending ending = ending_of(judging, container, terminated, std::max<std::int64_t>(restarts, 1));
  Signal signal = on_container(container, ending.cause, ending.message,
                               ending.evidence.empty() ? text_at(container.status, {"state", "waiting", "message"})
                                                       : std::string_view(ending.evidence));
  if (crashes == Crashes::left_to_controller || !(backing_off || now_ended.is_object())) return signal;
  signal.count = restarts;
  signal.fatal_count = ending.tolerated;
  if (const auto created = time_at(container.pod, {"metadata", "creationTimestamp"}))
    signal.not_before = *created + settling_in;
  return signal;
}

std::optional<Signal> waiting_signal(Judging& judging, const ContainerView& container) {
  const std::string_view reason = text_at(container.status, {"state", "waiting", "reason"});
  const std::string_view said = text_at(container.status, {"state", "waiting", "message"});
  if (reason == "CreateContainerConfigError") return config_signal(container, said);
  if (reason == "CreateContainerError") return creation_failure(container, said);
  if (reason == "RunContainerError") return start_failure(judging, container, said);
  if (reason == "PostStartHookError" || reason == "PreStartHookError" || reason == "PreCreateHookError")
    return hook_failure(judging, container, said);
  const Json& terminated = last_end_of(container.status);
  if (!is_start_failure(terminated)) return std::nullopt;
  return start_failure(judging, container, text_at(terminated, {"message"}));
}

void add_container_signal(Judging& judging, const ContainerView& container, Crashes crashes, std::vector<Signal>& out) {
  auto signal = image_signal(judging, container);
  if (!signal) signal = waiting_signal(judging, container);
  if (!signal) signal = crash_signal(judging, container, crashes);
  if (!signal) return;
  signal->container = container.name();
  out.push_back(std::move(*signal));
}

// A container that runs and is not ready although its start is over, with the words of the probe.
void add_readiness_signal(const Judging& judging, const Json& pod, std::vector<Signal>& out) {
  for (const Json* event : events_about(judging, uid_of(pod))) {
    const std::string_view said = event_message(*event);
    if (event_reason(*event) != "Unhealthy" || !said.starts_with("Readiness probe")) continue;
    Signal signal = signal_on(pod, CauseId::readiness_fails, "the readiness probe fails", said);
    signal.symptom = true;
    signal.observed = time_at(*event, {"firstTimestamp"});
    out.push_back(std::move(signal));
    return;
  }
}

bool is_running(const Json& status) {
  return at_path(status, {"state", "running"}).is_object();
}

}  // namespace

void add_container_signals(Judging& judging, const Json& pod, Crashes crashes, std::vector<Signal>& out) {
  const std::size_t before = out.size();
  const auto& init_specs = list_at(pod, {"spec", "initContainers"});
  for (const Json& status : list_at(pod, {"status", "initContainerStatuses"})) {
    const Json& spec = named(init_specs, text_at(status, {"name"}));
    add_container_signal(judging, {pod, status, spec, text_at(spec, {"restartPolicy"}) != "Always"}, crashes, out);
  }
  const auto& specs = list_at(pod, {"spec", "containers"});
  const auto& statuses = list_at(pod, {"status", "containerStatuses"});
  for (const Json& status : statuses)
    add_container_signal(judging, {pod, status, named(specs, text_at(status, {"name"}))}, crashes, out);
  if (out.size() == before && !is_ready(pod) && std::any_of(statuses.begin(), statuses.end(), is_running))
    add_readiness_signal(judging, pod, out);
}

}  // namespace kforge::rollout
