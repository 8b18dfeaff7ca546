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

bool is_rule(const std::string& reason) {
  constexpr std::array rules = {"untolerated taint", "taints that the pod didn't tolerate",
                                "node affinity",     "pod affinity rules",
                                "anti-affinity",     "requested node name"};
  // Taints that Kubernetes sets itself go away when the node recovers.
  const bool passing = contains(reason, "node.kubernetes.io/") || contains(reason, "node.cloudprovider.kubernetes.io/");
  return !passing && std::any_of(rules.begin(), rules.end(), [&](const char* rule) { return contains(reason, rule); });
}

bool all_nodes_ready(const Judging& judging) {
  return std::all_of(judging.around.nodes.begin(), judging.around.nodes.end(),
                     [](const Json* node) { return has_condition(*node, "Ready", "True"); });
}

// More room would not help: every node is ruled out by a rule of the pod.
bool only_rules(const Judging& judging, std::string_view message) {
  const auto reasons = node_reasons(message);
  return !reasons.empty() && std::all_of(reasons.begin(), reasons.end(), is_rule) && all_nodes_ready(judging);
}

// How long to wait for a node: an autoscaler that is bringing one gets ten minutes, one that will not gets thirty
// seconds.
Milliseconds patience(const Judging& judging, const Json& pod, bool rules) {
  for (const Json* event : events_about(judging, uid_of(pod))) {
    const std::string_view reason = event_reason(*event);
    if (reason == "TriggeredScaleUp" || reason == "Nominated") return minutes(10);
    if (reason == "NotTriggerScaleUp") return seconds(30);
  }
  return rules ? seconds(30) : seconds(120);
}

Signal unschedulable(const Judging& judging, const Json& pod, const Json& condition) {
  const std::string_view said = text_at(condition, {"message"});
  const bool rules = only_rules(judging, said);
  const bool volume = contains(said, "PersistentVolumeClaim") || contains(said, "persistentvolumeclaim");
  Signal signal = signal_on(pod,
                            volume  ? CauseId::volume_not_provisioned
                            : rules ? CauseId::no_matching_node
                                    : CauseId::unschedulable,
                            volume  ? "its volume is not there"
                            : rules ? "no node matches the pod's rules"
                                    : "no node has room",
                            said);
  signal.fatal_after = volume ? Milliseconds(seconds(180)) : patience(judging, pod, rules);
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
