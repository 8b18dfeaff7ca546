// SPDX-License-Identifier: Apache-2.0
#include "deploy/waiter.hpp"

#include "rollout/stuck_pods.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

// Siblings of a failed object often fail for the same reason a moment later; one report names them all.
constexpr std::chrono::seconds sibling_window{1};
// How long the watch may take to show an object that the server has confirmed.
constexpr std::chrono::seconds appearance{5};
// A wake-up that is due now must not make the loop spin.
constexpr std::chrono::milliseconds shortest_nap{20};

std::chrono::milliseconds time_limit(const Json& live) {
  const std::string kind = string_at(live, {"kind"});
  std::int64_t seconds = 0;
  if (kind == "Deployment") seconds = int_at(live, {"spec", "progressDeadlineSeconds"}, 600);
  if (kind == "Job") seconds = int_at(live, {"spec", "activeDeadlineSeconds"});
  return std::chrono::seconds(seconds);
}

bool same_verdict(const rollout::Verdict& a, const rollout::Verdict& b) {
  return a.state == b.state && a.reason == b.reason && a.message == b.message && a.code == b.code;
}

bool same_counts(const std::optional<rollout::Counts>& a, const std::optional<rollout::Counts>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->ready == b->ready && a->wanted == b->wanted && a->updated == b->updated;
}

using When = std::optional<Clock::time_point>;

When earlier(const When& a, const When& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

Waiter::Waiter(Session& session, project::Tier tier, const std::vector<Change*>& changes, StuckPods stuck)
    : session_(session), tier_(tier), stuck_(stuck), lookups_(session) {
  for (const Change* change : changes) {
    if (!is_waited_for(*change)) continue;
    Target target{.change = change};
    target.armed = !change->writes();
    target.started = target.since = session_.now();
    if (target.armed && change->live != nullptr)
      target.baseline = rollout::baseline_of(*change->live, {}, session_.server_now());
    by_ref_[change->ref] = targets_.size();
    targets_.push_back(std::move(target));
  }
  start_feeds(watch_needs(changes, session_.project().name));
}

void Waiter::start_feeds(const std::vector<WatchNeed>& needs) {
  for (const WatchNeed& need : needs)
    feeds_.push_back(std::make_unique<Feed>(session_, store_, need.request, need.necessity));
}

void Waiter::look_at_nodes() {
  const WatchNeed need = node_need();
  const bool watched =
      std::ranges::any_of(feeds_, [&](const auto& feed) { return feed->covers(need.request.kind, {}); });
  if (!watched) start_feeds({need});
}

bool Waiter::lists_known() const {
  return std::ranges::all_of(feeds_, [](const auto& feed) { return feed->settled(); });
}

void Waiter::check_feeds() const {
  for (const auto& feed : feeds_)
    if (feed->failure()) throw Error(*feed->failure());
}

// Restarts from before the wait are no sign of a bad change.
void Waiter::wait_for_lists() {
  const bool known = session_.run_until([this] {
    check_feeds();
    return lists_known();
  });
  if (!known)
    throw Error(ErrorKind::timed_out, "no answer from the cluster while looking at the live objects")
        .hint("give it more time with --timeout, or look at the API server's health");
  for (Target& target : targets_)
    if (const Json* live = store_.find(target.change->ref))
      target.baseline.restarts = rollout::restart_counts(rollout::all_pods(*live, store_.around(*live)));
}

void Waiter::on_written(const Change& change) {
  const auto found = by_ref_.find(change.ref);
  if (found == by_ref_.end()) return;
  Target& target = targets_[found->second];
  auto restarts = std::move(target.baseline.restarts);
  target.baseline = change.written->baseline;
  target.baseline.restarts = std::move(restarts);
  target.started = target.since = change.written->at;
  target.armed = true;
}

Outcome Waiter::wait(const Which& which) {
  for (Target& target : targets_) judge(target);
  const bool done = session_.run_until(
      [&] {
        check_feeds();
        judge_touched();
        const bool settled =
            std::ranges::all_of(targets_, [&](const Target& target) { return !which(target) || target.settled(); });
        if (!window_end_ && std::ranges::any_of(targets_, &Target::failed))
          window_end_ = session_.now() + sibling_window;
        return settled || (window_end_ && session_.now() >= *window_end_);
      },
      [this] { return wake(); });
  if (std::ranges::any_of(targets_, &Target::failed)) return Outcome::failed;
  return done ? Outcome::ready : Outcome::timed_out;
}

void Waiter::judge_touched() {
  const Clock::time_point now = session_.now();
  for (const kube::ObjectRef& ref : store_.take_touched())
    if (const auto found = by_ref_.find(ref); found != by_ref_.end()) judge(targets_[found->second]);
  for (Target& target : targets_)
    if (target.look_again && *target.look_again <= now) judge(target);
}

// A failure is final: a pod that crashes again and again runs for a moment between two crashes.
void Waiter::judge(Target& target) {
  if (!target.armed || target.failed()) return;
  target.look_again.reset();
  std::optional<rollout::Verdict> verdict = verdict_on(target);
  if (!verdict) return;
  if (rollout::is_about_nodes(*verdict)) look_at_nodes();
  const Json* live = store_.find(target.change->ref);
  if (stuck_ == StuckPods::remove && live != nullptr && !rollout::settled(*verdict)) remove_stuck_pods(*live);
  tell(target, *std::move(verdict), live != nullptr ? rollout::counts_of(*live) : std::nullopt);
}

// Empty when there is nothing to say yet.
std::optional<rollout::Verdict> Waiter::verdict_on(Target& target) {
  const Clock::time_point now = session_.now();
  if (const Json* live = store_.find(target.change->ref)) {
    rollout::Verdict verdict =
        rollout::judge(*live, store_.around(*live), target.baseline, target.memory, now, session_.server_now());
    const auto next = rollout::next_deadline(target.memory);
    if (next) target.look_again = std::max(*next, now + shortest_nap);
    return verdict;
  }
  // An older object of the same name is none of ours.
  const Json* last = store_.last_state(target.change->ref);
  if (last != nullptr && (target.baseline.uid.empty() || kube::uid_of(*last) == target.baseline.uid))
    return rollout::judge_gone(*last);
  if (lists_known() && !target.looked_up) {
    if (now >= target.started + appearance)
      look_up(target);
    else
      target.look_again = target.started + appearance;
  }
  return std::nullopt;
}

void Waiter::remove_stuck_pods(const Json& stateful_set) {
  static const schema::Kind& pods = *schema::Table::embedded().find(schema::kind_name("v1", "Pod"));
  for (const Json* pod : rollout::stuck_pods(stateful_set, store_.around(stateful_set))) {
    const std::string uid = kube::uid_of(*pod);
    if (!removed_pods_.insert(uid).second) continue;
    const kube::ObjectRef ref = kube::ref_of(*pod);
    session_.emit(
        WarningText{fmt::format("{} is of another revision, not ready, and holds up the update of {}: it is deleted",
                                ref.to_string(), kube::ref_of(stateful_set).to_string())});
    lookups_.send(kube::delete_request(pods, ref, uid, kube::Propagation::background), [](const kube::ApiResult&) {});
  }
}

// A watch that is being opened again may be late by half a minute; that is no reason to call an object deleted.
void Waiter::look_up(Target& target) {
  target.looked_up = true;
  lookups_.send(kube::get_request(*target.change->kind, target.change->ref), [this, &target](kube::ApiResult result) {
    const auto feed = std::ranges::find_if(
        feeds_, [&](const auto& each) { return each->covers(target.change->kind, target.change->ref.name_space); });
    if (result.ok() && feed != feeds_.end()) return (*feed)->learn(std::move(result.body));
    if (!result.not_found() || store_.find(target.change->ref) != nullptr) return;
    const bool had_live = target.change->live != nullptr;
    tell(target, rollout::judge_gone(had_live ? *target.change->live : target.change->intent()), std::nullopt);
  });
}

void Waiter::tell(Target& target, rollout::Verdict verdict, std::optional<rollout::Counts> counts) {
  if (target.verdict && same_verdict(*target.verdict, verdict) && same_counts(target.counts, counts)) {
    target.verdict = std::move(verdict);  // details such as the evidence may be newer
    return;
  }
  if (!target.verdict || target.verdict->reason != verdict.reason) target.since = session_.now();
  target.verdict = std::move(verdict);
  target.counts = counts;
  const Json* live = store_.find(target.change->ref);
  session_.emit(
      ObjectState{.tier = tier_,
                  .object = target.change->ref,
                  .service = target.change->object->service,
                  .verdict = *target.verdict,
                  .counts = counts,
                  .in_state = std::chrono::duration_cast<std::chrono::milliseconds>(session_.now() - target.since),
                  .limit = live != nullptr ? time_limit(*live) : std::chrono::milliseconds{0}});
}

std::optional<Clock::time_point> Waiter::wake() const {
  std::optional<Clock::time_point> earliest = window_end_;
  for (const Target& target : targets_) earliest = earlier(earliest, target.look_again);
  return earliest;
}

bool all_ready_already(Session& session, const Plan& plan) {
  return std::ranges::all_of(plan.changes, [&](const Change& change) {
    if (!is_waited_for(change)) return true;
    if (change.live == nullptr) return false;
    rollout::Memory memory;
    const rollout::Verdict verdict = rollout::judge(*change.live, {}, {}, memory, session.now(), session.server_now());
    return verdict.state == rollout::State::ready || verdict.state == rollout::State::ready_with_warning;
  });
}

}  // namespace kforge::deploy
