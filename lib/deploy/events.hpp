// SPDX-License-Identifier: Apache-2.0
// What the engine tells while it works. Live view, plain lines, NDJSON and reports all consume this one stream.
#pragma once

#include "base/error.hpp"
#include "kube/object.hpp"
#include "project/model.hpp"
#include "rollout/verdict.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kforge::deploy {

enum class Action { create, update, unchanged, remove, keep, conflict };
std::string_view to_string(Action action);

struct PlanSummary {
  int create = 0, update = 0, unchanged = 0, remove = 0, keep = 0, conflict = 0;
  std::vector<std::string> restarts;  // "order-service (2 pods)"
};

struct Started {
  std::string command;  // "up", "down", "scale"
  std::string project, environment, context, server, user;
  bool in_place = false;  // a verb that changes what runs, not a deploy of the project
};
// A stage of the plan before it starts, and what people call its parts: "kong", "order-service".
struct StageOutline {
  project::Tier tier;
  std::vector<std::string> services;
};
struct Planned {
  PlanSummary summary;
  std::vector<StageOutline> stages{};  // in the order they will run
};
struct StageStarted {
  project::Tier tier;
  std::vector<kube::ObjectRef> changing;
  std::vector<kube::ObjectRef> waited_for;
};
struct ObjectApplied {
  project::Tier tier;
  kube::ObjectRef object;
  Action action;
  std::string detail;  // "image v1.0.0 -> v1.1.0"
};
struct ObjectState {
  project::Tier tier;
  kube::ObjectRef object;
  std::string service;
  rollout::Verdict verdict;
  std::optional<rollout::Counts> counts;
  std::chrono::milliseconds in_state;  // how long the verdict's reason has been the same
  std::chrono::milliseconds limit{};   // how long the object may take (its rollout deadline); zero: not known
};
struct StageEnded {
  project::Tier tier;
  bool ready = false;
  std::chrono::milliseconds took;
};
struct WarningText {
  std::string text;
};
// Why a stage failed: one per failed object.
struct Diagnosis {
  project::Tier tier;
  kube::ObjectRef object;
  std::string service;
  rollout::Verdict verdict;
  std::vector<std::string> log_lines;  // last lines of the failing container, values of known Secrets masked
  std::string log_source;              // "order-service-7c9f-abcde, previous run"
  std::vector<std::string> event_lines;
  std::optional<SourcePlace> place;   // in kforge.yaml
  std::chrono::milliseconds after{};  // since the apply
  bool timed_out = false;
};
struct Finished {
  int exit_code = 0;
  std::string outcome;  // "done", "nothing to do", "failed", "timed out", "interrupted"
  PlanSummary summary;
  std::chrono::milliseconds took;
  std::vector<project::Tier> not_reached;
  std::vector<kube::ObjectRef> applied;
  std::vector<std::string> next_steps;  // commands to paste
  std::vector<std::string> remarks{};   // what remains to be known: "the next `kforge up` sets …"
};

using Event = std::variant<Started, Planned, StageStarted, ObjectApplied, ObjectState, StageEnded, WarningText,
                           Diagnosis, Finished>;

struct Observer {
  virtual ~Observer() = default;
  virtual void on_event(const Event& event) = 0;
  // Called by the wait loop at least every 100 ms of waiting, for redraws and heartbeats.
  virtual void on_tick() {}
};

}  // namespace kforge::deploy
