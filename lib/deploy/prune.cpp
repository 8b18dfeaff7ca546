// SPDX-License-Identifier: Apache-2.0
#include "deploy/prune.hpp"

#include "base/text.hpp"
#include "deploy/immutable.hpp"
#include "deploy/leftovers.hpp"
#include "deploy/remover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kforge::deploy {
namespace {

constexpr std::size_t most_deleted = 50, mass = 5, most_named = 20;

bool is_workload(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "CronJob";
}

// Configuration whose successor is there, and Jobs that ran under another hash: routine, whatever their number.
std::vector<const Leftover*> counted_deletions(const Plan& plan) {
  std::vector<const Leftover*> found;
  for (const Leftover& leftover : plan.gone)
    if (!leftover.stays() && !leftover.superseded && leftover.ref.kind.kind != "Job") found.push_back(&leftover);
  return found;
}

bool runs_something(const Plan& plan) {
  return std::ranges::any_of(plan.changes, [](const Change& change) { return is_workload(change.ref.kind.kind); });
}

// Why it looks like a mistake; empty when it does not.
std::string alarm(const Plan& plan, const std::vector<const Leftover*>& deletions) {
  const bool all_workloads = !runs_something(plan) && std::ranges::any_of(deletions, [](const Leftover* each) {
    return is_workload(each->ref.kind.kind);
  });
  if (all_workloads) return "the project file describes nothing that runs any more";
  if (deletions.size() > most_deleted) return fmt::format("this would delete {} objects", deletions.size());
  const auto live = static_cast<std::size_t>(
      std::ranges::count_if(plan.changes, [](const Change& change) { return change.live != nullptr; }));
  if (deletions.size() >= mass && deletions.size() > live)
    return fmt::format("this would delete {} of the project's {} objects", deletions.size(), live + deletions.size());
  return {};
}

class Pruner {
 public:
  Pruner(Session& session, const ApplySet& set, const Plan& plan, const UpRequest& request)
      : session_(session), set_(set), plan_(plan), request_(request), remover_(session) {}

  Pruned run() {
    for (TeardownStep& step : steps()) {
      look_again(step);
      if (!step.removals.empty()) remover_.remove(step);
    }
    result_.gone = remover_.removed();
    return std::move(result_);
  }

 private:
  std::vector<TeardownStep> steps() const {
    std::map<std::pair<int, int>, TeardownStep> by_order;  // later stages and waves go first
    for (const Leftover& leftover : plan_.gone) {
      if (leftover.stays()) continue;
      TeardownStep& step =
          by_order[{-static_cast<int>(leftover.tier), -static_cast<int>(render::wave_of(*leftover.live))}];
      step.tier = leftover.tier;
      step.removals.push_back({.ref = leftover.ref,
                               .kind = leftover.kind,
                               .uid = kube::uid_of(*leftover.live),
                               .scales_down = leftover.ref.kind.kind == "StatefulSet" &&
                                              int_at(*leftover.live, {"spec", "replicas"}, 1) > 0});
    }
    std::vector<TeardownStep> steps;
    for (auto& [order, step] : by_order) steps.push_back(std::move(step));
    return steps;
  }

  // Minutes may have passed since the plan.
  void look_again(TeardownStep& step) {
    std::map<kube::ObjectRef, Json> live;
    std::optional<Error> failure;
    RequestGroup group(session_);
    for (const Removal& removal : step.removals)
      group.send(kube::get_request(*removal.kind, removal.ref), [&](kube::ApiResult result) {
        if (result.ok())
          live.emplace(removal.ref, std::move(result.body));
        else if (!result.not_found() && !failure)
          failure = *result.error;
      });
    group.finish("looking at what is to be deleted");
    if (failure) throw Error(*failure);
    std::erase_if(step.removals, [&](const Removal& removal) {
      const auto found = live.find(removal.ref);
      if (found == live.end()) return true;
      const std::string reason = reason_now(removal, found->second);
      if (reason.empty()) return false;
      session_.emit(WarningText{fmt::format("{} stays: {}", removal.ref.to_string(), reason)});
      result_.kept.push_back(removal.ref);
      return true;
    });
  }

  std::string reason_now(const Removal& removal, const Json& live) const {
    if (kube::uid_of(live) != removal.uid) return "somebody deleted it and made it again";
    if (!is_member(live, set_.membership())) return "somebody took it out of the project";
    const auto planned = std::ranges::find(plan_.gone, removal.ref, &Leftover::ref);
    std::vector<std::string> named = request_.prune;
    if (planned->superseded) named.push_back(recreate_name(removal.ref));
    return reason_to_stay(live, named, set_.membership());
  }

  Session& session_;
  const ApplySet& set_;
  const Plan& plan_;
  const UpRequest& request_;
  Pruned result_;
  Remover remover_;
};

}  // namespace

void check_prune(const Plan& plan, const UpRequest& request) {
  const std::vector<const Leftover*> deletions = counted_deletions(plan);
  const std::string why = alarm(plan, deletions);
  if (request.allow_mass_prune || deletions.empty() || why.empty()) return;
  std::vector<std::string> lines;
  for (const Leftover* leftover : deletions) lines.push_back(leftover->ref.to_string());
  if (lines.size() > most_named) {
    const std::size_t more = lines.size() - most_named;
    lines.resize(most_named);
    lines.push_back(fmt::format("and {} more", more));
  }
  throw Error(ErrorKind::guard_refused, why)
      .why("it would delete\n" + join(lines, "\n"))
      .hint(
          "check the project file and the environment; when this is meant, `kforge up --allow-mass-prune`, or "
          "`kforge up --no-prune` to leave them");
}

Pruned prune(Session& session, const ApplySet& set, const Plan& plan, const UpRequest& request) {
  return Pruner(session, set, plan, request).run();
}

}  // namespace kforge::deploy
