// SPDX-License-Identifier: Apache-2.0
// What the events of a run add up to: stages with the objects that are waited for. Views draw it.
#pragma once

#include "deploy/events.hpp"
#include "os/clock.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::ui {

enum class StageState { pending, running, ready, failed };

struct WatchedObject {
  kube::ObjectRef object;
  std::string name;  // for people: the service, or "Job provision"
  rollout::Verdict verdict;
  std::optional<rollout::Counts> counts;
  Clock::time_point since;  // when the verdict got its present reason
  Milliseconds limit{};     // zero: not known

  bool failed() const { return verdict.state == rollout::State::failed; }
  bool waiting() const { return verdict.state == rollout::State::waiting; }
  bool ready() const { return !failed() && !waiting(); }
  std::string ready_count() const;  // "2/2", or empty
};

struct StageProgress {
  project::Tier tier = project::Tier::namespaces;
  StageState state = StageState::pending;
  std::vector<std::string> members;         // names of what it brings up
  std::vector<WatchedObject> watched;       // in the order they were first heard of
  std::vector<deploy::ObjectApplied> done;  // writes, and objects found unchanged
  std::size_t to_change = 0;
  Clock::time_point started;
  Milliseconds took{};
  std::map<kube::ObjectRef, std::size_t> positions;  // in `watched`

  std::size_t changed() const;  // of `done`, those that were written
  // What people count: objects with pods, or everything that is watched when there are none.
  std::vector<const WatchedObject*> counted() const;
  std::size_t waiting() const;  // of all that is watched
};

class ProgressModel {
 public:
  void apply(const deploy::Event& event, Clock::time_point now);

  const std::vector<StageProgress>& stages() const { return stages_; }
  // The stage that runs or failed, or nullptr.
  const StageProgress* current() const;
  const deploy::Started& started() const { return started_; }
  const deploy::PlanSummary& plan() const { return plan_; }
  const std::vector<deploy::Diagnosis>& diagnoses() const { return diagnoses_; }
  const std::optional<deploy::Finished>& finished() const { return finished_; }
  Clock::time_point began() const { return began_; }
  bool planned() const { return planned_; }
  bool removes() const { return started_.command == "down"; }

 private:
  StageProgress& stage_of(project::Tier tier);
  void on(const deploy::Planned& event);
  void on(const deploy::ObjectState& event, Clock::time_point now);

  deploy::Started started_;
  deploy::PlanSummary plan_;
  bool planned_ = false;
  std::vector<StageProgress> stages_;
  std::vector<deploy::Diagnosis> diagnoses_;
  std::optional<deploy::Finished> finished_;
  Clock::time_point began_;
};

// What people call an object: its service for the workload of a service, else "Job provision".
std::string name_for_people(const kube::ObjectRef& object, const std::string& service);
// "3 to update, 1 to create, 41 unchanged, 0 to delete", or of `down` "53 to delete, 7 kept".
std::string plan_text(const ProgressModel& model);
// The same after the fact: "3 updated, 1 created, 41 unchanged"; zeros are left out.
std::string outcome_text(const deploy::PlanSummary& plan);
bool nothing_to_do(const deploy::PlanSummary& plan);

// Lets std::visit take one lambda per kind of event.
template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace kforge::ui
