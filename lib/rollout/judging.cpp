// SPDX-License-Identifier: Apache-2.0
#include "rollout/judging.hpp"

#include <algorithm>
#include <utility>

namespace kforge::rollout {
namespace {

constexpr Milliseconds longest_age = std::chrono::hours(24 * 365 * 10);

Verdict with_cause(State state, CauseId id, std::string message, std::string evidence) {
  const Cause& row = cause(id);
  Verdict verdict;
  verdict.state = state;
  verdict.reason = row.reason;
  verdict.message = message.empty() ? std::string(row.title) : std::move(message);
  verdict.code = row.code;
  verdict.evidence = std::move(evidence);
  return verdict;
}

void wake_at(Memory& memory, Clock::time_point when) {
  if (!memory.deadline || when < *memory.deadline) memory.deadline = when;
}

}  // namespace

Milliseconds Judging::age(WallTime time) const {
  if (time >= server_now) return Milliseconds{0};
  // Half the range first: a hostile year may be thousands of years away.
  if (server_now - std::chrono::duration_cast<std::chrono::microseconds>(longest_age) > time) return longest_age;
  return std::chrono::duration_cast<Milliseconds>(server_now - time);
}

Clock::time_point Judging::start_of(const std::string& key, Milliseconds ago) {
  if (const auto known = kept.find(key); known != kept.end()) return known->second;
  const auto before = memory.since.find(key);
  const Clock::time_point start = before != memory.since.end() ? before->second : now - ago;
  return kept.emplace(key, start).first->second;
}

Clock::time_point Judging::true_since(const std::string& key, std::optional<WallTime> observed) {
  return start_of(key, observed && !deploying() ? age(*observed) : Milliseconds{0});
}

Clock::time_point Judging::true_since_condition(const std::string& key, const Json& condition) {
  std::optional<WallTime> since = time_at(condition, {"lastTransitionTime"});
  if (since && baseline.applied_at) since = std::max(*since, *baseline.applied_at);
  return start_of(key, since ? age(*since) : Milliseconds{0});
}

bool Judging::passed(Clock::time_point start, Milliseconds length) {
  if (now >= start + length) return true;
  wake_at(memory, start + length);
  return false;
}

bool Judging::reached(WallTime time) {
  if (server_now >= time) return true;
  const auto left = std::min(time - server_now, std::chrono::duration_cast<std::chrono::microseconds>(longest_age));
  wake_at(memory, now + left);
  return false;
}

bool Judging::since_our_write(std::optional<WallTime> time) const {
  // Times in events and conditions have whole seconds.
  return !baseline.applied_at || !time || *time >= std::chrono::floor<std::chrono::seconds>(*baseline.applied_at);
}

void Judging::note_progress(std::initializer_list<std::pair<std::string_view, std::int64_t>> counters) {
  if (!deploying()) return;  // nobody waits
  auto& seen = memory.counters;
  const std::int64_t generation = int_at(live, {"metadata", "generation"});
  const auto known = seen.find("generation");
  bool grew = !memory.last_progress || known == seen.end() || known->second != generation;
  if (grew) {  // another rollout: it starts from where it is
    for (const auto& [name, value] : counters) seen.insert_or_assign(std::string(name), value);
    seen.insert_or_assign("generation", generation);
  }
  for (const auto& [name, value] : counters) {
    const auto best = seen.find(name);
    if (best != seen.end() && best->second >= value) continue;
    seen.insert_or_assign(std::string(name), value);
    grew = true;
  }
  if (grew) memory.last_progress = now;
}

Verdict waiting(std::string reason, std::string message) {
  Verdict verdict;
  verdict.reason = std::move(reason);
  verdict.message = std::move(message);
  return verdict;
}

Verdict ready(std::string message, std::string reason) {
  Verdict verdict = waiting(std::move(reason), std::move(message));
  verdict.state = State::ready;
  return verdict;
}

Verdict warned(CauseId id, std::string message, std::string evidence) {
  return with_cause(State::ready_with_warning, id, std::move(message), std::move(evidence));
}

Verdict failed(CauseId id, std::string message, std::string evidence) {
  return with_cause(State::failed, id, std::move(message), std::move(evidence));
}

}  // namespace kforge::rollout
