// SPDX-License-Identifier: Apache-2.0
// Waits for the objects of one stage: watches them, judges what changed, tells about every new state.
#pragma once

#include "deploy/plan.hpp"
#include "deploy/session.hpp"
#include "deploy/watches.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace kforge::deploy {

// An object that the stage waits for.
struct Target {
  const Change* change = nullptr;
  rollout::Baseline baseline{};
  rollout::Memory memory{};
  std::optional<rollout::Verdict> verdict{};  // empty until it was judged once
  std::optional<rollout::Counts> counts{};
  std::optional<Clock::time_point> look_again{};  // when the verdict may change by itself
  Clock::time_point started{};                    // when it was applied, or when the wait began
  Clock::time_point since{};                      // of the verdict's reason
  bool looked_up = false;                         // asked for by name, because the watch does not show it
  bool armed = false;                             // judged from now on: it needs no write, or has had it

  bool settled() const { return verdict && rollout::settled(*verdict); }
  bool failed() const { return verdict && verdict->state == rollout::State::failed; }
};

// What is done about pods of another revision that are not ready and so keep a StatefulSet from its update: applying a
// good template does not heal a bad one (deploy-engine §2.2).
enum class StuckPods { leave, remove };

enum class Outcome { ready, failed, timed_out };

class Waiter {
 public:
  // Starts to watch at once. The changes must outlive it.
  Waiter(Session& session, project::Tier tier, const std::vector<Change*>& changes, StuckPods stuck = StuckPods::leave);

  // Waits until the first complete state of everything that is watched is known.
  void wait_for_lists();
  // An object was written: what the server said is where its rollout begins.
  void on_written(const Change& change);
  // Waits until every target that `which` accepts is settled. A failure of any target ends the wait soon; siblings that
  // fail within a short window are reported with it.
  using Which = std::function<bool(const Target&)>;
  Outcome wait(const Which& which);

  const std::vector<Target>& targets() const { return targets_; }
  const Store& store() const { return store_; }

 private:
  void start_feeds(const std::vector<WatchNeed>& needs);
  void look_at_nodes();
  bool lists_known() const;
  void check_feeds() const;
  void judge_touched();
  void judge(Target& target);
  std::optional<rollout::Verdict> verdict_on(Target& target);
  void look_up(Target& target);
  void remove_stuck_pods(const Json& stateful_set);
  void tell(Target& target, rollout::Verdict verdict, std::optional<rollout::Counts> counts);
  std::optional<Clock::time_point> wake() const;

  Session& session_;
  project::Tier tier_;
  Store store_;
  std::vector<Target> targets_;
  std::map<kube::ObjectRef, std::size_t> by_ref_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  StuckPods stuck_;
  std::set<std::string> removed_pods_;           // by uid
  std::optional<Clock::time_point> window_end_;  // after the first failure
  RequestGroup lookups_;
};

// Whether the project's objects are ready by what the plan read, without watching anything.
bool all_ready_already(Session& session, const Plan& plan);

}  // namespace kforge::deploy
