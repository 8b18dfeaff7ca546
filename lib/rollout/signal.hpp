// SPDX-License-Identifier: Apache-2.0
// A sign of trouble on the pods of a workload, and when it makes a rollout hopeless.
#pragma once

#include "rollout/judging.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::rollout {

// Fatal as soon as one limit is reached; without limits it only warns. Seen again and again it stays one signal: the
// key of its timer is cause and container, not the pod, so that replaced pods do not start it anew.
struct Signal {
  CauseId cause = CauseId::no_progress;
  std::string message, evidence, subject;
  std::string pod, container;
  std::string_view pod_uid;
  std::optional<Milliseconds> fatal_after;  // continuously true for so long; zero: at once
  std::int64_t count = 0, fatal_count = 0;  // the count-th time; fatal_count 0: does not count
  bool adds_up = false;                     // counts of several pods are added
  std::optional<WallTime> not_before;       // a count is not fatal earlier, by the server's clock
  std::optional<WallTime> observed;         // when the object says it began
  bool symptom = false;                     // what other trouble looks like from outside: it comes last
  const Json* condition = nullptr;          // the condition it was read from, whose time is exact
};

// How the pods of a workload may end.
enum class Crashes { counted, left_to_controller };  // a Job counts its failures itself

// The signals of one pod: scheduling, images, containers, volumes, its fate on the node. Ready pods and those that are
// going away give none.
std::vector<Signal> signals_of_pod(Judging& judging, const Json& pod, Crashes crashes);

// The parts of signals_of_pod, by file.
void add_scheduling_signals(Judging& judging, const Json& pod, std::vector<Signal>& out);
void add_volume_signals(Judging& judging, const Json& pod, std::vector<Signal>& out);
void add_container_signals(Judging& judging, const Json& pod, Crashes crashes, std::vector<Signal>& out);

// A container as the node reports it, beside its spec.
struct ContainerView {
  const Json& pod;
  const Json& status;
  const Json& spec;   // null when the pod does not list it
  bool init = false;  // runs to its end before the others; a sidecar does not count as one
  std::string_view name() const { return text_at(status, {"name"}); }
  std::string_view image() const;
};
// Of a waiting reason that has to do with images; empty for any other.
std::optional<Signal> image_signal(Judging& judging, const ContainerView& container);

// Why pods of `owner` cannot be created: ReplicaFailure of a ReplicaSet or Deployment, otherwise FailedCreate events.
std::optional<Signal> creation_signal(Judging& judging, const Json& owner);
// A claim that gets no volume (PVC or a pod that waits for it).
std::optional<Signal> claim_signal(Judging& judging, const Json& claim);

Signal signal_on(const Json& pod, CauseId id, std::string message, std::string_view evidence);

// The events about an object since our write, newest first.
std::vector<const Json*> events_about(const Judging& judging, std::string_view uid);

}  // namespace kforge::rollout
