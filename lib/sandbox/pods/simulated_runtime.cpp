// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/simulated_runtime.hpp"

#include "base/quantity.hpp"
#include "base/text.hpp"
#include "sandbox/pods/behaviour.hpp"
#include "sandbox/pods/http_session.hpp"
#include "sandbox/pods/log_script.hpp"
#include "sandbox/pods/pod_fields.hpp"
#include "sandbox/pods/shell_session.hpp"
#include "sandbox/pods/timer_slot.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace kforge::sandbox {
namespace {

using Type = ContainerEvent::Type;
using Kind = PodFault::Kind;

constexpr Milliseconds pull_refusal{300}, probe_latency{2};
constexpr std::size_t most_log_lines = 50'000;  // about what a kubelet keeps before it rotates
constexpr int killed = 137;

struct Running {
  Running(Timers& timers, LogScript script) : log(std::move(script)), exit_timer(timers), health_timer(timers) {}
  LogScript log;
  std::optional<PodFault> fault;
  std::vector<std::pair<std::string, std::string>> env;
  std::string pod_ip;
  Milliseconds pre_stop{0};
  bool ended = false;
  TimerSlot exit_timer, health_timer;
};

int first_port(const Json& container) {
  const Json& ports = at_path(container, {"ports"});
  return ports.is_array() && !ports.empty() ? static_cast<int>(int_at(ports[0], {"containerPort"})) : 0;
}

std::string go_milliseconds(Milliseconds length) {
  return length.count() < 1000 ? fmt::format("{}ms", length.count())
                               : fmt::format("{:g}s", static_cast<double>(length.count()) / 1000);
}

}  // namespace

struct SimulatedRuntime::State {
  State(Store& cluster, Timers& loop, const FaultBook& book, RuntimePace usual_pace)
      : store(cluster), timers(loop), faults(book), pace(usual_pace) {}

  Store& store;
  Timers& timers;
  const FaultBook& faults;
  RuntimePace pace;
  Listener listener;
  std::map<ContainerId, std::unique_ptr<Running>> containers;
  std::map<ContainerId, std::unique_ptr<TimerSlot>> pulls;
  std::set<std::string> images;  // "node image" that were pulled
  struct Follower {
    ContainerId id;
    LogQuery query;
    LogFollower on_text;
    std::function<void()> on_end;
    WallTime seen;  // up to there it was passed on
    std::unique_ptr<TimerSlot> timer;
  };
  std::map<std::uint64_t, Follower> followers;
  std::uint64_t next_follower = 1;

  void tell(const ContainerEvent& event) {
    if (listener) listener(event);
  }

  TimerSlot& later(const ContainerId& id) {
    auto& slot = pulls[id];
    if (!slot) slot = std::make_unique<TimerSlot>(timers);
    return *slot;
  }

  Running* find(const ContainerId& id) const {
    const auto found = containers.find(id);
    return found == containers.end() ? nullptr : found->second.get();
  }

  Milliseconds age(const Running& running) const {
    return std::chrono::duration_cast<Milliseconds>(timers.wall_time() - running.log.started_at());
  }

  void tell_later(const ContainerId& id, Milliseconds delay, ContainerEvent event) {
    later(id).set(delay, [this, event = std::move(event)] { tell(event); });
  }

  void pulled(const ContainerId& id, const std::string& image, std::string message) {
    tell({Type::pulled, id, "", std::move(message), image_digest_name(image), 0, ""});
  }

  Running& make(const Launch& launch, WallTime started_at) {
    const std::string image = string_at(launch.container, {"image"});
    auto running = std::make_unique<Running>(
        timers, LogScript(launch.id.container, image, first_port(launch.container), started_at));
    running->fault = faults.of(launch.pod, launch.id.container);
    const bool over = running->fault && running->fault->times && launch.id.attempt >= *running->fault->times;
    if (over) running->fault.reset();
    running->env = launch.env;
    running->pod_ip = string_at(launch.pod, {"status", "podIP"});
    running->pre_stop = pre_stop_length(launch.container);
    ContainerId older = launch.id;  // the log of the attempt before stays readable, no older one
    older.attempt -= 2;
    containers.erase(older);
    return *(containers[launch.id] = std::move(running));
  }

  void play(const ContainerId& id, Running& running, const std::optional<PlannedExit>& exit) {
    if (exit)
      running.exit_timer.set(std::max(exit->after - age(running), Milliseconds(0)),
                             [this, id, exit] { end(id, *exit); });
    await_change(id, running);
  }

  // Health that changes by itself is told at that moment: nobody has to ask again and again.
  void await_change(const ContainerId& id, Running& running) {
    const Milliseconds now = age(running);
    std::optional<Milliseconds> next;
    for (const ProbeKind kind : {ProbeKind::readiness, ProbeKind::liveness})
      if (const auto at = health_at(running.fault, kind, now).changes_at; at && (!next || *at < *next)) next = at;
    if (!next) return;
    running.health_timer.set(*next - now, [this, id] {
      tell({Type::health_changed, id, "", "", "", 0, ""});
      if (Running* const still = find(id); still != nullptr && !still->ended) await_change(id, *still);
    });
  }

  void end(const ContainerId& id, const PlannedExit& exit) {
    Running* const running = find(id);
    if (running == nullptr || running->ended) return;
    running->ended = true;
    running->exit_timer.clear();
    running->health_timer.clear();
    running->log.end(timers.wall_time(), exit.last_words);
    for (auto& [number, follower] : followers)
      if (follower.id == id) serve(number, Milliseconds(0));
    tell({Type::exited, id, "", "", "", exit.code, exit.reason});
  }

  // Passes new lines on and waits for the next.
  void serve(std::uint64_t number, Milliseconds delay) {
    followers.at(number).timer->set(delay, [this, number] {
      Follower& follower = followers.at(number);
      const Running* const running = find(follower.id);
      const WallTime now = timers.wall_time();
      if (running != nullptr) {
        const std::string text = log_text(running->log.lines(follower.seen, now, most_log_lines), follower.query);
        follower.seen = now;
        follower.query.tail_lines.reset();
        follower.query.limit_bytes.reset();
        if (!text.empty()) follower.on_text(text);
        if (!followers.contains(number)) return;
        if (const auto next = running->log.next_after(now))
          return serve(number, std::chrono::duration_cast<Milliseconds>(*next - now) + Milliseconds(1));
      }
      const auto on_end = follower.on_end;
      followers.erase(number);
      on_end();
    });
  }

  Running* current(const Json& pod, const std::string& container) const {
    const ContainerId last{string_at(pod, {"metadata", "uid"}), container, std::numeric_limits<int>::max()};
    auto found = containers.upper_bound(last);
    if (found == containers.begin()) return nullptr;
    --found;
    return found->first.pod_uid == last.pod_uid && found->first.container == container ? found->second.get() : nullptr;
  }
};

SimulatedRuntime::SimulatedRuntime(Store& store, Timers& timers, const FaultBook& faults, RuntimePace pace)
    : state_(std::make_unique<State>(store, timers, faults, pace)) {}
SimulatedRuntime::~SimulatedRuntime() = default;

void SimulatedRuntime::set_listener(Listener listener) {
  state_->listener = std::move(listener);
}

void SimulatedRuntime::pull(const Json& pod, const Json& container, const ContainerId& id) {
  const std::string image = string_at(container, {"image"}), policy = string_at(container, {"imagePullPolicy"});
  const std::string place = string_at(pod, {"spec", "nodeName"}) + " " + image;
  const auto fault = state_->faults.of(pod, id.container);
  const bool refused = fault && (fault->kind == Kind::image_missing || fault->kind == Kind::pull_denied);
  if (!refused && state_->images.contains(place) && policy != "Always")
    return state_->later(id).set(Milliseconds(0), [state = state_.get(), id, image] {
      state->pulled(
          id, image,
          fmt::format("Container image \"{}\" already present on machine and can be accessed by the pod", image));
    });
  if (policy == "Never")
    return state_->tell_later(
        id, Milliseconds(0),
        {Type::pull_failed, id, "ErrImageNeverPull",
         fmt::format("Container image \"{}\" is not present with pull policy of Never", image), "", 0, ""});
  const Milliseconds length = refused ? pull_refusal : pull_length(image, state_->pace);
  state_->later(id).set(Milliseconds(0), [state = state_.get(), id, image, place, length, refused, fault] {
    state->tell({Type::pulling, id, "", fmt::format("Pulling image \"{}\"", image), "", 0, ""});
    if (refused)
      return state->tell_later(id, length,
                               {Type::pull_failed, id, "ErrImagePull", pull_error(image, fault->kind), "", 0, ""});
    state->later(id).set(length, [state, id, image, place, length] {
      state->images.insert(place);
      state->pulled(id, image,
                    fmt::format("Successfully pulled image \"{}\" in {} ({} including waiting). Image size: {} bytes.",
                                image, go_milliseconds(length), go_milliseconds(length), image_size(image)));
    });
  });
}

void SimulatedRuntime::start(const Launch& launch) {
  const ContainerId id = launch.id;
  const auto fault = state_->faults.of(launch.pod, id.container);
  if (fault && fault->kind == Kind::config_missing)
    return state_->tell_later(id, Milliseconds(0),
                              {Type::start_failed, id, "CreateContainerConfigError",
                               fmt::format("secret \"{}\" not found", fault->name), "", 0, ""});
  if (fault && fault->kind == Kind::bad_command)
    return state_->tell_later(
        id, state_->pace.create,
        {Type::start_failed, id, "RunContainerError", command_error(launch.container), "", 0, ""});
  Running& running = state_->make(launch, state_->timers.wall_time() + state_->pace.create);
  const auto exit = planned_exit(launch, running.fault, state_->pace);
  running.exit_timer.set(state_->pace.create, [state = state_.get(), id, exit] {
    state->tell({Type::started, id, "", "", "", 0, ""});
    if (Running* const started = state->find(id); started != nullptr && !started->exit_timer.is_set())
      state->play(id, *started, exit);
  });
}

bool SimulatedRuntime::resume(const Launch& launch, WallTime started_at) {
  Running& running = state_->make(launch, started_at);
  state_->play(launch.id, running, planned_exit(launch, running.fault, state_->pace));
  return true;
}

void SimulatedRuntime::stop(const ContainerId& id, Milliseconds grace) {
  Running* const running = state_->find(id);
  if (running == nullptr || running->ended) return;
  const bool deaf = running->fault && running->fault->kind == Kind::hang;
  const Milliseconds wanted = running->pre_stop + state_->pace.shut_down;
  const bool in_time = !deaf && wanted <= grace;
  PlannedExit exit{in_time ? wanted : grace, in_time ? 0 : killed, in_time ? "Completed" : "Error", {}};
  if (in_time) exit.last_words = {fmt::format("{}: got SIGTERM, shutting down", id.container)};
  running->exit_timer.set(exit.after, [state = state_.get(), id, exit] { state->end(id, exit); });
}

void SimulatedRuntime::forget(const std::string& pod_uid) {
  const auto of_pod = [&](const auto& entry) { return entry.first.pod_uid == pod_uid; };
  std::erase_if(state_->containers, of_pod);
  std::erase_if(state_->pulls, of_pod);
  for (auto& [number, follower] : state_->followers)
    if (follower.id.pod_uid == pod_uid) state_->serve(number, Milliseconds(0));
}

void SimulatedRuntime::probe(const ContainerId& id, ProbeKind kind, const Json& probe,
                             std::function<void(const ProbeResult&)> done) {
  const Running* const running = state_->find(id);
  ProbeResult result{false, "container is not running", false};
  if (running != nullptr && !running->ended) {
    const bool refused = running->fault && running->fault->kind == Kind::slow_start;
    result.ok = health_at(running->fault, kind, state_->age(*running)).ok;
    result.output = result.ok ? "" : probe_output(probe, running->pod_ip, refused);
    result.steady = true;
  }
  state_->timers.after(probe_latency, [done = std::move(done), result] { done(result); });
}

bool SimulatedRuntime::has_place(const Json& pod) const {
  const auto fault = state_->faults.of(pod, "");
  return !fault || fault->kind != Kind::unschedulable;
}

// "cpu=300m memory=120Mi" in the pod's annotation.
std::optional<PodUsage> SimulatedRuntime::usage(const Json& pod) const {
  const std::string text = string_at(pod, {"metadata", "annotations", "sandbox.kforge.dev/usage"});
  if (text.empty()) return std::nullopt;
  PodUsage usage;
  for (const std::string& word : split(text, ' ')) {
    const std::size_t equals = word.find('=');
    const auto amount = equals == word.npos ? std::nullopt : Quantity::parse(word.substr(equals + 1));
    if (!amount) continue;
    if (word.starts_with("cpu=")) usage.cpu_cores = amount->value();
    if (word.starts_with("memory=")) usage.memory_bytes = static_cast<std::uint64_t>(amount->value());
  }
  return usage;
}

std::optional<std::string> SimulatedRuntime::logs(const ContainerId& id, const LogQuery& query) const {
  const Running* const running = state_->find(id);
  if (running == nullptr) return std::nullopt;
  const WallTime now = state_->timers.wall_time();
  const std::size_t most =
      query.tail_lines ? static_cast<std::size_t>(std::max(0L, *query.tail_lines)) : most_log_lines;
  return log_text(running->log.lines(log_since(query, now), now, std::min(most, most_log_lines)), query);
}

std::uint64_t SimulatedRuntime::follow_logs(const ContainerId& id, const LogQuery& query, LogFollower on_text,
                                            std::function<void()> on_end) {
  const std::uint64_t number = state_->next_follower++;
  state_->followers[number] = {id,
                               query,
                               std::move(on_text),
                               std::move(on_end),
                               log_since(query, state_->timers.wall_time()),
                               std::make_unique<TimerSlot>(state_->timers)};
  state_->serve(number, Milliseconds(0));
  return number;
}

void SimulatedRuntime::unfollow_logs(std::uint64_t follower) {
  state_->followers.erase(follower);
}

std::unique_ptr<ExecSession> SimulatedRuntime::exec(const Json& pod, const std::string& container,
                                                    const ExecRequest& request, ExecListener listener) {
  const Running* const running = state_->current(pod, container);
  ShellWorld world{state_->store, pod, container_spec(pod, container), {}};
  if (running != nullptr) world.env = running->env;
  return open_shell(state_->timers, std::move(world), request, std::move(listener));
}

std::unique_ptr<PortSession> SimulatedRuntime::connect(const Json& pod, int port, PortListener listener) {
  return open_port(state_->timers, state_->store, pod, port, std::move(listener));
}

}  // namespace kforge::sandbox
