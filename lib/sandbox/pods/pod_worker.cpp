// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/pod_worker.hpp"

#include "sandbox/pods/container_config.hpp"
#include "sandbox/pods/pod_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::sandbox {
namespace {

using Stage = ContainerRecord::Stage;

constexpr Milliseconds first_look{50};    // at a container that was started
constexpr Milliseconds sync_delay{1000};  // until a kubelet has noticed an exit and looks at the pod again
constexpr Milliseconds first_back_off{10'000}, longest_back_off{300'000};
constexpr Milliseconds back_off_forgotten{600'000};  // a container that ran this long starts over
constexpr Milliseconds config_retry{10'000}, pull_error_shown{2'000};
constexpr Milliseconds first_mount_retry{500}, longest_mount_retry{122'000};
constexpr int lost_exit_code = 255;  // of a container that was gone when its node came back

Milliseconds doubled(Milliseconds length, Milliseconds first, Milliseconds longest) {
  return length.count() == 0 ? first : std::min(length * 2, longest);
}

// "10s", "2m40s": as Go prints a duration of whole seconds.
std::string back_off_text(Milliseconds length) {
  const auto seconds = length.count() / 1000;
  return seconds < 60 ? fmt::format("{}s", seconds) : fmt::format("{}m{}s", seconds / 60, seconds % 60);
}

// A reference that no registry could have (distribution/reference), as far as people mistype one.
bool is_image_name(const std::string& image) {
  const std::string repository = image.substr(0, image.find_last_of(":@"));
  return !image.empty() && std::ranges::none_of(image, [](unsigned char c) { return c <= ' '; }) &&
         std::ranges::none_of(repository.substr(repository.find('/') == std::string::npos ? 0 : repository.find('/')),
                              [](unsigned char c) { return c >= 'A' && c <= 'Z'; }) &&
         !image.ends_with(':') && !image.ends_with('@');
}

}  // namespace

struct PodWorker::Slot {
  Slot(Timers& timers, ContainerRecord& of) : record(of), timer(timers) {}
  ContainerRecord& record;
  TimerSlot timer;
  std::unique_ptr<Prober> prober;
  bool has_startup = false, has_readiness = false, stop_asked = false;

  bool runs() const { return record.stage == Stage::running || record.stage == Stage::starting; }
  const std::string& name() const { return record.id.container; }
};

PodWorker::PodWorker(const PodWorld& world, const Json& pod)
    : world_(world),
      key_{"pods", namespace_of(pod), name_of(pod)},
      uid_(uid_of(pod)),
      node_(string_at(pod, {"spec", "nodeName"})),
      record_(new_pod_record(pod)),
      mount_timer_(world.kit.timers),
      deadline_timer_(world.kit.timers) {
  record_.node_ip = node_address(world.kit.api.store(), node_);
  for (ContainerRecord& container : record_.containers) {
    slots_.push_back(std::make_unique<Slot>(world.kit.timers, container));
    const Json& spec = container_spec(pod, container.id.container);
    slots_.back()->has_startup = spec.contains("startupProbe");
    slots_.back()->has_readiness = spec.contains("readinessProbe");
  }
  record_.start_time = string_at(pod, {"status", "startTime"});
  if (!record_.start_time.empty())
    resume(pod);
  else
    record_.start_time = world.kit.timestamp();
}

PodWorker::~PodWorker() = default;

ObjectPtr PodWorker::live() const {
  ObjectPtr pod = world_.kit.get(key_);
  return pod && uid_of(*pod) == uid_ ? pod : nullptr;
}

void PodWorker::event(const Slot& slot, std::string_view type, std::string_view reason,
                      const std::string& message) const {
  const ObjectPtr pod = live();
  const char* list = slot.record.role == ContainerRole::main ? "containers" : "initContainers";
  if (pod) world_.kit.event(*pod, type, reason, message, {fmt::format("spec.{}{{{}}}", list, slot.name()), node_});
}

Launch PodWorker::launch_of(const Json& pod, const Slot& slot) const {
  return {slot.record.id, pod, container_spec(pod, slot.name()), {}, slot.record.role == ContainerRole::init};
}

void PodWorker::publish() {
  const ObjectPtr pod = live();
  if (!pod) return;
  Json next = *pod;
  next["status"] = pod_status(*pod, record_, world_.kit.timestamp());
  world_.kit.update_status(next);
}

// --- on its way up ---

void PodWorker::sync(const Json& pod) {
  if (is_terminating(pod)) {
    if (!record_.stopping) stop_everything();
    return stop_containers();
  }
  if (const auto length = seconds_at(pod, {"spec", "activeDeadlineSeconds"});
      length.count() > 0 && !deadline_timer_.is_set())
    deadline_timer_.set(length, [this] {
      record_.failure_reason = "DeadlineExceeded";
      record_.failure_message = "Pod was active on the node longer than the specified deadline";
      stop_everything();
      stop_containers();
      publish();
    });
  advance();
  publish();
}

void PodWorker::advance() {
  if (record_.stopping || !prepare() || !advance_init()) return;
  for (const auto& slot : slots_)
    if (slot->record.role == ContainerRole::main && slot->record.stage == Stage::idle) launch(*slot);
}

// Volumes and network.
bool PodWorker::prepare() {
  if (mounted_) return true;
  const ObjectPtr pod = live();
  if (!pod || mount_timer_.is_set()) return false;
  if (const auto problem = mount_problem(world_.kit.api.store(), *pod)) {
    world_.kit.event(*pod, "Warning", "FailedMount", *problem, {"", node_});
    mount_back_off_ = doubled(mount_back_off_, first_mount_retry, longest_mount_retry);
    mount_timer_.set(mount_back_off_, [this] {
      advance();
      publish();
    });
    return false;
  }
  mounted_ = true;
  record_.pod_ip = world_.addresses.of(*pod);
  publish();
  return true;
}

// True when every init container has done its part.
bool PodWorker::advance_init() {
  for (const auto& slot : slots_) {
    if (slot->record.role == ContainerRole::main) return true;
    if (slot->record.stage == Stage::idle) launch(*slot);
    if (slot->record.role == ContainerRole::sidecar ? !slot->record.started : !slot->record.ready) return false;
  }
  return true;
}

void PodWorker::launch(Slot& slot) {
  const ObjectPtr pod = live();
  if (!pod) return;
  const Json& spec = container_spec(*pod, slot.name());
  const std::string image = string_at(spec, {"image"});
  if (!is_image_name(image)) {
    const std::string message = fmt::format(
        "Failed to apply default image tag \"{0}\": couldn't parse image name \"{0}\": invalid reference format",
        image);
    slot.record.state = waiting_state("InvalidImageName", message);
    event(slot, "Warning", "InspectFailed", message);
    event(slot, "Warning", "Failed", "Error: InvalidImageName");
    return rest(slot, config_retry);
  }
  slot.record.stage = Stage::pulling;
  slot.stop_asked = false;
  world_.runtime.pull(*pod, spec, slot.record.id);
}

void PodWorker::rest(Slot& slot, Milliseconds delay) {
  slot.record.stage = Stage::resting;
  slot.timer.set(delay, [this, &slot] { launch(slot); });
}

void PodWorker::start(Slot& slot) {
  const ObjectPtr pod = live();
  if (!pod) return;
  Launch launch = launch_of(*pod, slot);
  ContainerEnv env = container_env(world_.kit.api.store(), *pod, launch.container);
  if (!env.error.empty()) {
    slot.record.state = waiting_state("CreateContainerConfigError", env.error);
    event(slot, "Warning", "Failed", "Error: " + env.error);
    rest(slot, config_retry);
    return publish();
  }
  launch.env = std::move(env.variables);
  slot.record.stage = Stage::starting;
  world_.runtime.start(launch);
}

// --- what the runtime says ---

void PodWorker::take(const ContainerEvent& happened) {
  const auto found = std::ranges::find_if(slots_, [&](const auto& slot) { return slot->record.id == happened.id; });
  if (found == slots_.end()) return;
  Slot& slot = **found;
  using Type = ContainerEvent::Type;
  if (happened.type == Type::health_changed) {
    if (slot.prober) slot.prober->health_changed();
    return;
  }
  if (record_.stopping && happened.type != Type::exited && happened.type != Type::started) return;
  switch (happened.type) {
    case Type::pulling:
      return event(slot, "Normal", "Pulling", happened.message);
    case Type::pulled:
      slot.record.image_id = happened.image_id;
      slot.record.pull_back_off = Milliseconds(0);
      event(slot, "Normal", "Pulled", happened.message);
      return start(slot);
    case Type::pull_failed:
      pull_failed(slot, happened);
      break;
    case Type::start_failed:
      start_failed(slot, happened);
      break;
    case Type::started:
      started(slot);
      break;
    case Type::exited:
      exited(slot, happened);
      break;
    case Type::health_changed:
      break;
  }
  publish();
}

void PodWorker::pull_failed(Slot& slot, const ContainerEvent& happened) {
  const ObjectPtr pod = live();
  if (!pod) return;
  const std::string image = string_at(container_spec(*pod, slot.name()), {"image"});
  slot.record.state = waiting_state(happened.reason, happened.message);
  event(slot, "Warning", "Failed", fmt::format("Failed to pull image \"{}\": {}", image, happened.message));
  event(slot, "Warning", "Failed", "Error: " + happened.reason);
  slot.record.stage = Stage::resting;
  const Milliseconds back_off = doubled(slot.record.pull_back_off, first_back_off, longest_back_off);
  slot.record.pull_back_off = back_off;
  const std::string waits = fmt::format("Back-off pulling image \"{}\"", image);
  slot.timer.set(pull_error_shown, [this, &slot, back_off, waits, message = happened.reason + ": " + happened.message] {
    slot.record.state = waiting_state("ImagePullBackOff", waits + ": " + message);
    event(slot, "Normal", "BackOff", waits);
    event(slot, "Warning", "Failed", "Error: ImagePullBackOff");
    rest(slot, back_off - pull_error_shown);
    publish();
  });
}

void PodWorker::started(Slot& slot) {
  const ObjectPtr pod = live();
  if (!pod) return;
  ContainerRecord& record = slot.record;
  event(slot, "Normal", "Created", "Container created");
  event(slot, "Normal", "Started", "Container started");
  record.stage = Stage::running;
  record.state = {{"running", {{"startedAt", world_.kit.timestamp()}}}};
  record.started = !slot.has_startup;
  record.ready = false;
  if (record_.stopping) return stop_containers();
  // A kubelet looks at its containers now and then: one that ends at once is never seen ready.
  if (record.role != ContainerRole::init && record.started && !slot.has_readiness)
    slot.timer.set(first_look, [this, &record] {
      record.ready = true;
      publish();
    });
  if (record.role != ContainerRole::init) watch_health(slot, *pod);
  if (record.role == ContainerRole::sidecar) advance();
}

void PodWorker::start_failed(Slot& slot, const ContainerEvent& happened) {
  event(slot, "Warning", "Failed", "Error: " + happened.message);
  slot.record.state = waiting_state(happened.reason, happened.message);
  if (happened.reason != "RunContainerError") return rest(slot, config_retry);
  // The container was made and its command could not be run: that counts as an exit.
  slot.record.state = waiting_state(happened.reason, happened.message);
  slot.record.last_state = terminated_state(slot.record, 128, "StartError", world_.kit.timestamp());
  slot.record.last_state["terminated"]["message"] = happened.message;
  restart(slot);
}

void PodWorker::exited(Slot& slot, const ContainerEvent& happened) {
  slot.prober.reset();
  slot.timer.clear();
  slot.record.state = terminated_state(slot.record, happened.exit_code, happened.exit_reason, world_.kit.timestamp());
  if (settle_exit(slot, happened.exit_code)) return restart(slot);
  ended(slot);
}

// Marks the container as ended; true when it is to be started again.
bool PodWorker::settle_exit(Slot& slot, int exit_code) {
  ContainerRecord& record = slot.record;
  const bool success = exit_code == 0, sidecar = record.role == ContainerRole::sidecar;
  record.ready = record.role == ContainerRole::init && success;
  record.started = false;
  const ObjectPtr pod = live();
  const std::string policy = pod ? string_at(*pod, {"spec", "restartPolicy"}) : "Never";
  const bool wanted = sidecar   ? !all_main_ended()
                      : success ? policy == "Always" && record.role == ContainerRole::main
                                : policy != "Never";
  if (wanted && !record_.stopping) return true;
  record.stage = Stage::ended;
  record.failed_for_good = !success && !sidecar;
  return false;
}

void PodWorker::ended(Slot& slot) {
  if (record_.stopping) return stop_containers();
  if (slot.record.role == ContainerRole::init && !slot.record.failed_for_good) return advance();
  if (all_main_ended()) stop_containers();
}

bool PodWorker::all_main_ended() const {
  return std::ranges::all_of(record_.containers, [](const ContainerRecord& container) {
    return container.role != ContainerRole::main || container.stage == Stage::ended;
  });
}

// At once the first time, then after 10 s, 20 s, 40 s … (CrashLoopBackOff).
void PodWorker::restart(Slot& slot) {
  ContainerRecord& record = slot.record;
  record.stage = Stage::resting;
  const auto began = parse_rfc3339(string_at(record.state, {"terminated", "startedAt"}));
  if (began && world_.kit.now() - *began > back_off_forgotten) record.crash_back_off = Milliseconds(0);
  const Milliseconds delay = record.crash_back_off;
  record.crash_back_off = doubled(delay, first_back_off, longest_back_off);
  const auto again = [this, &slot] {
    if (slot.record.state.contains("terminated")) slot.record.last_state = slot.record.state;
    ++slot.record.id.attempt;
    launch(slot);
  };
  slot.timer.set(sync_delay, [this, &slot, delay, again] {
    if (delay.count() == 0) return again();
    const ObjectPtr pod = live();
    if (!pod) return;
    if (slot.record.state.contains("terminated")) slot.record.last_state = slot.record.state;
    slot.record.state =
        waiting_state("CrashLoopBackOff", fmt::format("back-off {} restarting failed container={} pod={}",
                                                      back_off_text(delay), slot.name(), pod_label(*pod)));
    event(slot, "Warning", "BackOff",
          fmt::format("Back-off restarting failed container {} in pod {}", slot.name(), pod_label(*pod)));
    slot.timer.set(delay - sync_delay, again);
    publish();
  });
}

// --- probes ---

void PodWorker::watch_health(Slot& slot, const Json& pod) {
  static constexpr const char* names[] = {"Startup", "Readiness", "Liveness"};
  slot.prober = std::make_unique<Prober>(
      world_.kit.timers, world_.runtime, slot.record.id, container_spec(pod, slot.name()),
      ProbeListener{[this, &slot](ProbeKind kind, const std::string& output) {
                      event(slot, "Warning", "Unhealthy",
                            fmt::format("{} probe failed: {}", names[static_cast<int>(kind)], output));
                    },
                    [this, &slot](ProbeKind kind, bool ok) { probe_decided(slot, kind, ok); }});
}

void PodWorker::probe_decided(Slot& slot, ProbeKind kind, bool ok) {
  ContainerRecord& record = slot.record;
  if (kind == ProbeKind::readiness) {
    record.ready = ok;
    return publish();
  }
  if (ok && record.started) return;
  if (ok) {
    record.started = true;
    record.ready = !slot.has_readiness;
    if (record.role == ContainerRole::sidecar) advance();
    return publish();
  }
  event(slot, "Normal", "Killing",
        fmt::format("Container {} failed {} probe, will be restarted", slot.name(),
                    kind == ProbeKind::startup ? "startup" : "liveness"));
  slot.prober.reset();
  const ObjectPtr pod = live();
  if (!pod) return;
  const auto grace = int_at(*pod, {"spec", "terminationGracePeriodSeconds"}, 30);
  const char* field = kind == ProbeKind::startup ? "startupProbe" : "livenessProbe";
  const Json& spec = container_spec(*pod, slot.name());
  world_.runtime.stop(slot.record.id, seconds_at(spec, {field, "terminationGracePeriodSeconds"}, grace));
}

// --- on its way out ---

void PodWorker::stop_everything() {
  record_.stopping = true;
  mount_timer_.clear();
  deadline_timer_.clear();
  for (const auto& slot : slots_) {
    slot->timer.clear();
    if (slot->record.stage == Stage::resting || slot->record.stage == Stage::pulling) slot->record.stage = Stage::ended;
    if (slot->record.stage == Stage::idle) slot->record.stage = Stage::ended;
  }
}

// Containers first, then sidecars in reverse order; nothing runs any more: the end.
void PodWorker::stop_containers() {
  const ObjectPtr pod = live();
  if (!pod) return;
  const auto grace = seconds_at(*pod, {"metadata", "deletionGracePeriodSeconds"},
                                int_at(*pod, {"spec", "terminationGracePeriodSeconds"}, 30));
  const auto stop = [&](Slot& slot) {
    if (slot.stop_asked) return;
    slot.stop_asked = true;
    event(slot, "Normal", "Killing", "Stopping container " + slot.name());
    world_.runtime.stop(slot.record.id, grace);
  };
  bool running = false;
  for (const auto& slot : slots_)
    if (slot->record.role != ContainerRole::sidecar && slot->runs()) {
      running = true;
      stop(*slot);
    }
  if (running) return;
  for (auto slot = slots_.rbegin(); slot != slots_.rend(); ++slot)
    if ((*slot)->runs()) return stop(**slot);
  if (is_terminating(*pod)) finish();
}

void PodWorker::finish() {
  if (finished_) return;
  finished_ = true;
  publish();
  if (const ObjectPtr pod = live()) world_.kit.remove(*pod, "Background", 0);
}

// --- after a restart of the sandbox ---

void PodWorker::resume(const Json& pod) {
  record_.pod_ip = string_at(pod, {"status", "podIP"});
  mounted_ = !record_.pod_ip.empty();
  if (const std::string reason = string_at(pod, {"status", "reason"}); !reason.empty()) {
    record_.failure_reason = reason;
    record_.failure_message = string_at(pod, {"status", "message"});
    record_.stopping = true;
  }
  for (const auto& slot : slots_)
    for (const char* list : {"initContainerStatuses", "containerStatuses"})
      for (const Json& status : at_path(pod, {"status", list}))
        if (string_at(status, {"name"}) == slot->name()) resume_container(*slot, status);
}

void PodWorker::resume_container(Slot& slot, const Json& status) {
  ContainerRecord& record = slot.record;
  record.id.attempt = static_cast<int>(int_at(status, {"restartCount"}));
  record.state = at_path(status, {"state"});
  record.last_state = at_path(status, {"lastState"});
  record.ready = bool_at(status, {"ready"});
  record.started = bool_at(status, {"started"});
  record.image_id = string_at(status, {"imageID"});
  const ObjectPtr pod = live();
  if (!pod) return;
  if (record.state.contains("running")) {
    record.stage = Stage::running;
    Launch launch = launch_of(*pod, slot);
    launch.env = container_env(world_.kit.api.store(), *pod, launch.container).variables;
    const auto since = parse_rfc3339(string_at(record.state, {"running", "startedAt"}));
    if (world_.runtime.resume(launch, since.value_or(world_.kit.now()))) {
      record.ready = record.ready || (record.role != ContainerRole::init && record.started && !slot.has_readiness);
      if (record.role != ContainerRole::init) watch_health(slot, *pod);
      return;
    }
    record.state = terminated_state(record, lost_exit_code, "Unknown", world_.kit.timestamp());
    if (settle_exit(slot, lost_exit_code)) restart(slot);
  } else if (record.state.contains("terminated")) {
    if (settle_exit(slot, static_cast<int>(int_at(record.state, {"terminated", "exitCode"})))) restart(slot);
  } else if (!record.last_state.empty()) {
    ++record.id.attempt;
  }
}

}  // namespace kforge::sandbox
