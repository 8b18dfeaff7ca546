// SPDX-License-Identifier: Apache-2.0
// Pods that get no node, or are thrown off it. The scheduler's words: pkg/scheduler/framework/types.go (FitError) and
// the plugins' reasons; the node's: pkg/kubelet/{eviction,preemption,lifecycle,nodeshutdown}.
#include "base/text.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kforge::rollout {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Milliseconds worth_a_word = seconds(15);

// "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: …" -> the two reasons.
std::vector<std::string> node_reasons(std::string_view message) {
  constexpr std::string_view lead = "nodes are available: ";
  const auto start = message.find(lead);
  if (start == std::string_view::npos) return {};
  message.remove_prefix(start + lead.size());
  message = message.substr(0, message.find(". "));  // what follows is about preemption and claims
  std::vector<std::string> reasons;
  // Taints are written {key: value}; the separator is what comes before the next count.
  for (const std::string& part : split(message, ','))
    if (const auto text = trim(part); !text.empty()) reasons.emplace_back(text);
  return reasons;
}

// Taints that Kubernetes sets itself go away when the node recovers.
bool is_passing(std::string_view taint) {
  return contains(taint, "node.kubernetes.io/") || contains(taint, "node.cloudprovider.kubernetes.io/");
}

// Old schedulers name the taint, "{node.kubernetes.io/not-ready: }"; that of Kubernetes 1.36 does not.
bool is_taint(std::string_view reason) {
  return contains(reason, "untolerated taint") || contains(reason, "taints that the pod didn't tolerate");
}

bool is_rule(std::string_view reason) {
  constexpr std::array rules = {"node affinity", "pod affinity rules", "anti-affinity", "requested node name"};
  return is_taint(reason) ||
         std::any_of(rules.begin(), rules.end(), [&](const char* rule) { return contains(reason, rule); });
}

bool is_recovering(const Json& node) {
  const auto& taints = list_at(node, {"spec", "taints"});
  return !has_condition(node, "Ready", "True") || std::any_of(taints.begin(), taints.end(), [](const Json& taint) {
    return is_passing(text_at(taint, {"key"}));
  });
}

// What stands between a pod and a node.
enum class Obstacle {
  room,        // more of it would help
  nodes_away,  // they may come back
  rules,       // of the pod; neither would help
  taints,      // of which nobody knows whether they pass: the account may not see nodes
};

Obstacle obstacle_of(const Judging& judging, std::string_view message) {
  const auto reasons = node_reasons(message);
  const auto& nodes = judging.around.nodes;
  if (reasons.empty() || !std::all_of(reasons.begin(), reasons.end(), is_rule)) return Obstacle::room;
  const bool tainted = std::any_of(reasons.begin(), reasons.end(), is_taint);
  const bool named = std::any_of(reasons.begin(), reasons.end(), is_passing);
  const bool recovering =
      std::any_of(nodes.begin(), nodes.end(), [](const Json* node) { return is_recovering(*node); });
  if (named || (tainted && recovering)) return Obstacle::nodes_away;
  return tainted && nodes.empty() ? Obstacle::taints : Obstacle::rules;
}

CauseId cause_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::room:
      return CauseId::unschedulable;
    case Obstacle::nodes_away:
      return CauseId::no_node_ready;
    case Obstacle::rules:
    case Obstacle::taints:
      break;
  }
  return CauseId::no_matching_node;
}

// How long to wait for a node: an autoscaler that is bringing one gets ten minutes, one that will not gets thirty
// seconds.
Milliseconds patience(const Judging& judging, const Json& pod, Obstacle obstacle) {
  for (const Json* event : events_about(judging, uid_of(pod))) {
    const std::string_view reason = event_reason(*event);
    if (reason == "TriggeredScaleUp" || reason == "Nominated") return minutes(10);
    if (reason == "NotTriggerScaleUp") return seconds(30);
  }
  return obstacle == Obstacle::rules ? seconds(30) : seconds(120);
}

Signal unschedulable(const Judging& judging, const Json& pod, const Json& condition) {
  const std::string_view said = text_at(condition, {"message"});
  const Obstacle obstacle = obstacle_of(judging, said);
  const bool volume = contains(said, "PersistentVolumeClaim") || contains(said, "persistentvolumeclaim");
  const CauseId id = volume ? CauseId::volume_not_provisioned : cause_of(obstacle);
  Signal signal = signal_on(pod, id,
                            volume                         ? "its volume is not there"
                            : obstacle == Obstacle::taints ? "no node may take it"
                                                           : std::string(cause(id).title),
                            said);
  signal.fatal_after = volume ? Milliseconds(seconds(180)) : patience(judging, pod, obstacle);
  signal.condition = &condition;
  signal.symptom = volume;  // the claim knows more
  return signal;
}

bool is_thrown_off(std::string_view reason) {
  constexpr std::array reasons = {"Evicted",    "Preempting",   "Preempted",
                                  "NodeLost",   "NodeShutdown", "Shutdown",
                                  "Terminated", "NodeAffinity", "UnexpectedAdmissionError"};
  return reason.starts_with("OutOf") || std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
}

Signal thrown_off(const Json& pod) {
  const std::string_view reason = text_at(pod, {"status", "reason"});
  Signal signal = signal_on(pod, CauseId::pod_evicted,
                            is_thrown_off(reason) ? fmt::format("thrown off its node ({})", reason) : "a pod failed",
                            text_at(pod, {"status", "message"}));
  signal.count = 1;
  signal.adds_up = true;
  signal.fatal_count = 5;
  return signal;
}

}  // namespace

void add_scheduling_signals(Judging& judging, const Json& pod, std::vector<Signal>& out) {
  if (text_at(pod, {"status", "phase"}) == "Failed") {
    out.push_back(thrown_off(pod));
    return;
  }
  const Json& scheduled = condition_of(pod, "PodScheduled");
  if (text_at(scheduled, {"status"}) != "False") return;
  const std::string_view reason = text_at(scheduled, {"reason"});
  if (reason == "SchedulingGated")
    out.push_back(
        signal_on(pod, CauseId::scheduling_gated, "held back by a scheduling gate", text_at(scheduled, {"message"})));
  // Nobody is told of a pod that merely waits for its turn.
  const auto since = judging.true_since_condition(fmt::format("unscheduled/{}", uid_of(pod)), scheduled);
  if (reason == "Unschedulable" && judging.passed(since, worth_a_word))
    out.push_back(unschedulable(judging, pod, scheduled));
}

}  // namespace kforge::rollout
