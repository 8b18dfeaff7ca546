// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan.hpp"

#include "base/text.hpp"
#include "deploy/compare.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::deploy {
namespace {

constexpr std::size_t shown_differences = 3;

// Splits "registry:5000/shop/order-service:v1" into name and ":v1" or "@sha256:…".
std::pair<std::string, std::string> image_parts(const std::string& image) {
  auto at = image.find('@');
  if (at == std::string::npos) {
    at = image.rfind(':');
    if (at != std::string::npos && image.find('/', at) != std::string::npos) at = std::string::npos;
  }
  return at == std::string::npos ? std::pair(image, std::string())
                                 : std::pair(image.substr(0, at), image.substr(at + 1));
}

std::string image_change(const std::string& before, const std::string& after) {
  const auto [old_name, old_tag] = image_parts(before);
  const auto [new_name, new_tag] = image_parts(after);
  const bool same = old_name == new_name && !old_tag.empty() && !new_tag.empty();
  return same ? fmt::format("image {} -> {}", old_tag, new_tag) : fmt::format("image {} -> {}", before, after);
}

// "spec.template.spec.containers[app].env[LOG_LEVEL].value" -> "env[LOG_LEVEL]": the part that people recognise.
std::string short_path(std::string path) {
  for (const std::string_view prefix : {"spec.template.spec.", "spec.template.", "spec.", "metadata."})
    if (path.starts_with(prefix)) {
      path.erase(0, prefix.size());
      break;
    }
  if (path.starts_with("containers[")) {
    const auto dot = path.find("].");
    if (dot != std::string::npos) path.erase(0, dot + 2);
  }
  if (path.ends_with("].value")) path.resize(path.size() - 6);
  return path;
}

}  // namespace

void count(PlanSummary& summary, const Change& change) {
  if (change.action == Action::create) ++summary.create;
  if (change.action == Action::update) ++summary.update;
  if (change.action == Action::unchanged) ++summary.unchanged;
  if (change.action == Action::conflict) ++summary.conflict;
  if (change.restarts > 0)
    summary.restarts.push_back(fmt::format("{} ({})",
                                           change.object->service.empty() ? change.ref.name : change.object->service,
                                           counted(static_cast<std::size_t>(change.restarts), "pod")));
}

PlanSummary Plan::summary() const {
  PlanSummary summary;
  for (const Change& change : changes) count(summary, change);
  for (const Leftover& leftover : gone) {
    if (!leftover.stays()) ++summary.remove;
    if (leftover.stays() && !leftover.routine) ++summary.keep;
  }
  return summary;
}

bool Plan::deletes() const {
  return !std::ranges::all_of(gone, &Leftover::stays);
}

bool Plan::writes() const {
  return std::ranges::any_of(changes, &Change::writes);
}

void mark_autoscaled(std::vector<Change>& changes) {
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> minimum;  // by namespace, kind and name
  for (const Change& scaler : changes) {
    if (scaler.ref.kind.kind != "HorizontalPodAutoscaler") continue;
    const Json& target = at_path(scaler.intent(), {"spec", "scaleTargetRef"});
    minimum[{scaler.ref.name_space, string_at(target, {"kind"}), string_at(target, {"name"})}] =
        int_at(scaler.intent(), {"spec", "minReplicas"}, 1);
  }
  for (Change& change : changes) {
    if (!is_workload(change.ref.kind.kind) || !at_path(change.intent(), {"spec", "replicas"}).is_null()) continue;
    const auto found = minimum.find({change.ref.name_space, change.ref.kind.kind, change.ref.name});
    if (found != minimum.end()) change.autoscaled_from = found->second;
  }
}

bool had_autoscaler(const Plan& plan, const Change& workload, const Membership& membership) {
  return std::any_of(plan.live.begin(), plan.live.end(), [&](const auto& entry) {
    const auto& [ref, live] = entry;
    const Json& target = at_path(live, {"spec", "scaleTargetRef"});
    return ref.kind.kind == "HorizontalPodAutoscaler" && ref.name_space == workload.ref.name_space &&
           is_member(live, membership) && string_at(target, {"kind"}) == workload.ref.kind.kind &&
           string_at(target, {"name"}) == workload.ref.name && !workload.autoscaled_from;
  });
}

std::vector<std::string> image_changes(const Json& live, const Json& intent) {
  std::vector<std::string> changes;
  for (const char* list : {"initContainers", "containers"})
    for (const Json& wanted : at_path(intent, {"spec", "template", "spec", list}))
      for (const Json& other : at_path(live, {"spec", "template", "spec", list})) {
        const std::string before = string_at(other, {"image"}), after = string_at(wanted, {"image"});
        if (string_at(wanted, {"name"}) != string_at(other, {"name"}) || before == after) continue;
        const std::string text = image_change(before, after);
        if (std::ranges::find(changes, text) == changes.end()) changes.push_back(text);
      }
  return changes;
}

std::string describe_difference(const Change& change) {
  if (change.live == nullptr) return {};
  if (change.ref.kind.kind == "Secret") return "data";
  std::vector<std::string> parts = image_changes(*change.live, change.intent());
  std::vector<std::string> others;
  for (const std::string& path : differences(change.kind, change.intent(), *change.live)) {
    std::string text = short_path(path);
    if (text != "image" && std::ranges::find(others, text) == others.end()) others.push_back(std::move(text));
  }
  for (std::size_t i = 0; i < others.size() && parts.size() < shown_differences; ++i) parts.push_back(others[i]);
  const std::size_t all = image_changes(*change.live, change.intent()).size() + others.size();
  std::string text = join(parts, ", ");
  if (all > parts.size()) text += fmt::format(" and {} more", all - parts.size());
  return text;
}

bool is_workload(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet";
}

int running_pods(const Json& workload) {
  if (!is_workload(string_at(workload, {"kind"}))) return 0;
  const std::int64_t scheduled = int_at(workload, {"status", "currentNumberScheduled"});
  return static_cast<int>(int_at(workload, {"status", "replicas"}, scheduled));
}

int restarted_pods(const Json& before, const Json& after) {
  const bool same = at_path(before, {"spec", "template"}) == at_path(after, {"spec", "template"});
  return same || !is_workload(string_at(after, {"kind"})) ? 0 : running_pods(before);
}

bool is_failed_job(const Json& live) {
  if (string_at(live, {"kind"}) != "Job") return false;
  const Json& conditions = at_path(live, {"status", "conditions"});
  return std::ranges::any_of(conditions, [](const Json& condition) {
    return string_at(condition, {"type"}) == "Failed" && string_at(condition, {"status"}) == "True";
  });
}

}  // namespace kforge::deploy
