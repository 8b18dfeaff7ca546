// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

using std::chrono::seconds;

std::string finalizers_of(const Json& live) {
  std::vector<std::string> names;
  for (const Json& finalizer : list_at(live, {"metadata", "finalizers"}))
    if (finalizer.is_string()) names.push_back(finalizer.get<std::string>());
  for (const Json& finalizer : list_at(live, {"spec", "finalizers"}))  // of a Namespace
    if (finalizer.is_string()) names.push_back(finalizer.get<std::string>());
  return quoted_list(names);
}

Verdict deletion(Judging& judging) {
  const std::string finalizers = finalizers_of(judging.live);
  const std::string message = finalizers.empty() ? "is being deleted" : "is being deleted, held by " + finalizers;
  const bool gone_for_good = judging.deploying() && judging.passed(judging.true_since("deleting"), seconds(5));
  if (gone_for_good) return failed(CauseId::being_deleted, message);
  return waiting("Terminating", message);
}

// A restart writes an annotation into the template: that is no other template.
Json without_annotations(Json pod_template) {
  if (pod_template.is_object() && at_path(pod_template, {"metadata"}).is_object())
    pod_template["metadata"].erase("annotations");
  return pod_template;
}

// The manager that wrote the template last.
std::string last_template_manager(const Json& live) {
  std::string_view manager, newest;
  for (const Json& entry : list_at(live, {"metadata", "managedFields"})) {
    const std::string_view time = text_at(entry, {"time"});
    if (at_path(entry, {"fieldsV1", "f:spec", "f:template"}).is_null() || time < newest) continue;
    newest = time;
    manager = text_at(entry, {"manager"});
  }
  return std::string(manager);
}

std::optional<Verdict> superseded(const Judging& judging) {
  const auto& applied = judging.baseline.pod_template;
  if (!applied) return std::nullopt;
  const Json& live = at_path(judging.live, {"spec", "template"});
  if (live == *applied || without_annotations(live) == without_annotations(*applied)) return std::nullopt;
  const std::string manager = last_template_manager(judging.live);
  return failed(CauseId::superseded, manager.empty()
                                         ? "changed by someone else while it was rolling out"
                                         : fmt::format("changed by '{}' while it was rolling out", manager));
}

bool is_behind(const Json& live, Observed observed) {
  if (observed == Observed::ignored) return false;
  const bool present = at_path(live, {"status", "observedGeneration"}).is_number();
  if (!present && observed == Observed::if_present) return false;
  return int_at(live, {"status", "observedGeneration"}) < int_at(live, {"metadata", "generation"});
}

// Conditions of the kstatus convention, which controllers of custom resources write.
std::optional<Verdict> by_convention(const Json& live) {
  std::optional<Verdict> verdict;
  for (const Json& condition : list_at(live, {"status", "conditions"})) {
    const std::string_view type = text_at(condition, {"type"});
    if ((type != "Stalled" && type != "Reconciling") || text_at(condition, {"status"}) != "True") continue;
    const std::string said(text_at(condition, {"message"}));
    if (type == "Stalled")
      return failed(CauseId::stalled, fmt::format("its controller gave up: {}", text_at(condition, {"reason"})), said);
    verdict = waiting("Reconciling", "its controller is working on it");
    verdict->evidence = said;
  }
  return verdict;
}

}  // namespace

std::optional<Verdict> gate(Judging& judging, Observed observed) {
  const Json& live = judging.live;
  const Baseline& baseline = judging.baseline;
  if (judging.deploying() && uid_of(live) != baseline.uid) return failed(CauseId::recreated);
  if (is_deleting(live) && kind_of(live) != "Namespace") return deletion(judging);
  const bool stale = int_at(live, {"metadata", "generation"}) < baseline.generation;
  if (stale || is_behind(live, observed)) return waiting("NotObserved", "change not yet seen by its controller");
  if (auto verdict = superseded(judging)) return verdict;
  return by_convention(live);
}

}  // namespace kforge::rollout
