// SPDX-License-Identifier: Apache-2.0
#include "rollout/diagnosis.hpp"

#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kforge::rollout {
namespace {

std::string key_of(const Signal& signal) {
  return fmt::format("{}/{}", cause(signal.cause).code, signal.container.empty() ? signal.subject : signal.container);
}

struct Graded {
  const Signal* signal;
  Clock::time_point since;
  bool fatal = false;
};

bool is_fatal(Judging& judging, const Signal& signal, Clock::time_point since, std::int64_t count) {
  // Both limits are asked for, because asking notes the wake-up.
  const bool by_time = signal.fatal_after && judging.passed(since, *signal.fatal_after);
  const bool often = signal.fatal_count > 0 && count >= signal.fatal_count;
  const bool by_count = often && (!signal.not_before || judging.reached(*signal.not_before));
  return by_time || by_count;
}

std::int64_t count_of(const Signal& signal, const std::vector<Signal>& all) {
  if (!signal.adds_up) return signal.count;
  std::int64_t sum = 0;
  for (const Signal& each : all)
    if (each.cause == signal.cause && each.container == signal.container) sum += each.count;
  return sum;
}

Graded graded(Judging& judging, const Signal& signal, const std::vector<Signal>& all) {
  const auto since = signal.condition != nullptr ? judging.true_since_condition(key_of(signal), *signal.condition)
                                                 : judging.true_since(key_of(signal), signal.observed);
  return {&signal, since, is_fatal(judging, signal, since, count_of(signal, all))};
}

// Fatal before warning, cause before symptom, then what has been true for longest; otherwise the worst pod's, which is
// the first.
bool worse(const Graded& a, const Graded& b) {
  if (a.fatal != b.fatal) return a.fatal;
  if (a.signal->symptom != b.signal->symptom) return b.signal->symptom;
  return a.since < b.since;
}

int pods_with(const Signal& signal, const std::vector<Signal>& all) {
  std::set<std::string_view> names;
  for (const Signal& each : all)
    if (each.cause == signal.cause && !each.pod.empty()) names.insert(each.pod);
  return static_cast<int>(names.size());
}

void describe(Verdict& verdict, const Signal& signal, const std::vector<Signal>& all) {
  verdict.reason = cause(signal.cause).reason;
  verdict.code = cause(signal.cause).code;
  verdict.evidence = signal.evidence;
  verdict.subject = signal.subject;
  verdict.pod = signal.pod;
  verdict.container = signal.container;
  verdict.pods_affected = pods_with(signal, all);
}

Verdict out_of_time(const Unready& unready, const Signal* probable) {
  const std::string& why = probable != nullptr ? probable->message : unready.verdict.message;
  Verdict verdict = failed(CauseId::no_progress, fmt::format("{}: {}", unready.deadline_text, why));
  if (probable != nullptr) describe(verdict, *probable, unready.signals);
  return verdict;
}

Verdict still_waiting(const Judging& judging, const Unready& unready, const Signal* probable) {
  Verdict verdict = unready.verdict;
  if (probable != nullptr) {
    describe(verdict, *probable, unready.signals);
    verdict.message += ", " + probable->message;
    return verdict;
  }
  const Activity activity = activity_of(judging, unready.pods);
  if (activity.text.empty()) return verdict;
  if (verdict.reason == "PodsNotReady") verdict.reason = activity.reason;
  verdict.message += ", " + activity.text;
  return verdict;
}

}  // namespace

Verdict diagnosed(Judging& judging, Unready unready) {
  for (const Json* pod : unready.pods)
    for (Signal& signal : signals_of_pod(judging, *pod, unready.crashes)) unready.signals.push_back(std::move(signal));
  std::vector<Graded> grades;
  for (const Signal& signal : unready.signals) grades.push_back(graded(judging, signal, unready.signals));
  const auto worst = std::min_element(grades.begin(), grades.end(), worse);
  const Signal* probable = worst == grades.end() ? nullptr : worst->signal;

  Verdict verdict;
  if (probable != nullptr && worst->fatal) {
    verdict = failed(probable->cause, probable->message, probable->evidence);
    describe(verdict, *probable, unready.signals);
  } else {
    verdict = unready.deadline_passed ? out_of_time(unready, probable) : still_waiting(judging, unready, probable);
  }
  verdict.pods_total = static_cast<int>(unready.wanted);
  return verdict;
}

}  // namespace kforge::rollout
