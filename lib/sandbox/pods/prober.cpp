// SPDX-License-Identifier: Apache-2.0
#include "sandbox/pods/prober.hpp"

#include "sandbox/controllers/toolkit.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace kforge::sandbox {
namespace {

constexpr std::array<std::pair<ProbeKind, const char*>, 3> fields{{{ProbeKind::startup, "startupProbe"},
                                                                   {ProbeKind::readiness, "readinessProbe"},
                                                                   {ProbeKind::liveness, "livenessProbe"}}};

struct Track {
  Json probe;  // null: the container has none
  bool last = false;
  std::int64_t streak = 0;
  std::optional<bool> decision;
  bool resting = false;
  Clock::time_point first;
  std::optional<Timers::Id> timer;

  Milliseconds period() const { return std::max(seconds_at(probe, {"periodSeconds"}, 10), std::chrono::seconds(1)); }
  std::int64_t threshold(bool ok) const {
    return ok ? int_at(probe, {"successThreshold"}, 1) : int_at(probe, {"failureThreshold"}, 3);
  }
};

}  // namespace

struct Prober::State : std::enable_shared_from_this<State> {
  State(Timers& loop_timers, PodRuntime& pod_runtime, ContainerId container_id, ProbeListener probe_listener)
      : timers(loop_timers),
        runtime(pod_runtime),
        id(std::move(container_id)),
        listener(std::move(probe_listener)),
        born(loop_timers.now()) {}

  Timers& timers;
  PodRuntime& runtime;
  ContainerId id;
  ProbeListener listener;
  Clock::time_point born;
  std::array<Track, 3> tracks;
  bool closed = false;

  Track& track(ProbeKind kind) { return tracks[static_cast<std::size_t>(kind)]; }

  void cancel(Track& track) {
    if (track.timer) timers.cancel(*track.timer);
    track.timer.reset();
  }

  // The first attempt comes after the initial delay, which counts from the start of the container.
  void begin(ProbeKind kind) {
    Track& of = track(kind);
    if (of.probe.is_null()) return;
    const auto due = born + seconds_at(of.probe, {"initialDelaySeconds"});
    const auto delay = std::chrono::duration_cast<Milliseconds>(due - timers.now());
    of.first = std::max(due, timers.now());
    attempt_after(kind, std::max(delay, Milliseconds(0)));
  }

  void begin_all() {
    if (!track(ProbeKind::startup).probe.is_null()) return begin(ProbeKind::startup);
    begin(ProbeKind::readiness);
    begin(ProbeKind::liveness);
  }

  void attempt_after(ProbeKind kind, Milliseconds delay) {
    cancel(track(kind));
    track(kind).timer = timers.after(delay, [this, kind] {
      track(kind).timer.reset();
      attempt(kind);
    });
  }

  void attempt(ProbeKind kind) {
    runtime.probe(id, kind, track(kind).probe, [weak = weak_from_this(), kind](const ProbeResult& result) {
      const auto self = weak.lock();
      if (self && !self->closed) self->take(kind, result);
    });
  }

  void take(ProbeKind kind, const ProbeResult& result) {
    Track& of = track(kind);
    of.streak = of.last == result.ok ? of.streak + 1 : 1;
    of.last = result.ok;
    if (!result.ok) listener.failed(kind, result.output);
    if (of.streak >= of.threshold(result.ok) && of.decision != result.ok) {
      of.decision = result.ok;
      if (!decide(kind, result.ok)) return;  // the listener may even have closed the prober
    }
    of.resting = result.steady && result.ok && of.decision == true;
    if (!of.resting && !closed) attempt_after(kind, of.period());
  }

  // False when this probe has done its work.
  bool decide(ProbeKind kind, bool ok) {
    listener.decided(kind, ok);
    if (closed) return false;
    if (kind == ProbeKind::startup && ok) {
      begin(ProbeKind::readiness);
      begin(ProbeKind::liveness);
    }
    return kind == ProbeKind::readiness || (kind == ProbeKind::liveness && ok);
  }

  void wake(ProbeKind kind) {
    Track& of = track(kind);
    if (!of.resting) return;
    of.resting = false;
    const auto passed = std::chrono::duration_cast<Milliseconds>(timers.now() - of.first);
    attempt_after(kind, of.period() - passed % of.period());
  }
};

Prober::Prober(Timers& timers, PodRuntime& runtime, const ContainerId& id, const Json& container,
               ProbeListener listener)
    : state_(std::make_shared<State>(timers, runtime, id, std::move(listener))) {
  for (const auto& [kind, field] : fields)
    if (const Json& probe = at_path(container, {field}); probe.is_object()) state_->track(kind).probe = probe;
  state_->begin_all();
}

Prober::~Prober() {
  state_->closed = true;
  for (Track& track : state_->tracks) state_->cancel(track);
}

void Prober::health_changed() {
  state_->wake(ProbeKind::readiness);
  state_->wake(ProbeKind::liveness);
}

}  // namespace kforge::sandbox
