// SPDX-License-Identifier: Apache-2.0
// DaemonSets: a node that does not work must not hold a deploy up.
#include "base/text.hpp"
#include "rollout/diagnosis.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::rollout {
namespace {

struct Numbers {
  std::int64_t wanted, updated, available, ready;
  bool on_delete;
};

Numbers numbers_of(const Json& live) {
  return {count_at(live, {"status", "desiredNumberScheduled"}), count_at(live, {"status", "updatedNumberScheduled"}),
          count_at(live, {"status", "numberAvailable"}), count_at(live, {"status", "numberReady"}),
          text_at(live, {"spec", "updateStrategy", "type"}) == "OnDelete"};
}

bool is_excused(const Judging& judging, const Json& node) {
  const auto created = time_at(node, {"metadata", "creationTimestamp"});
  const bool is_new = judging.baseline.applied_at && created && *created > *judging.baseline.applied_at;
  return is_new || !has_condition(node, "Ready", "True") || bool_at(node, {"spec", "unschedulable"});
}

// Nodes that do not work, are cordoned or new, and where no new pod is ready.
std::vector<std::string> excused_nodes(const Judging& judging) {
  const auto pods = new_pods(judging.live, judging.around);
  std::vector<std::string> names;
  for (const Json* node : judging.around.nodes) {
    const bool served = std::any_of(pods.begin(), pods.end(), [&](const Json* pod) {
      return is_ready(*pod) && text_at(*pod, {"spec", "nodeName"}) == name_of(*node);
    });
    if (!served && is_excused(judging, *node)) names.emplace_back(name_of(*node));
  }
  return names;
}

std::string counts(const Numbers& numbers) {
  return fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted);
}

}  // namespace

Verdict judge_daemon_set(Judging& judging) {
  const Numbers numbers = numbers_of(judging.live);
  judging.note_progress({{"updated", numbers.updated}, {"available", numbers.available}});
  if (numbers.wanted == 0) return warned(CauseId::no_node_selected);
  const std::int64_t updated = numbers.on_delete ? numbers.wanted : numbers.updated;
  const std::int64_t missing = numbers.wanted - std::min(updated, numbers.available);
  if (missing <= 0) return ready(counts(numbers));
  const auto excused = excused_nodes(judging);
  if (missing <= static_cast<std::int64_t>(excused.size()))
    return warned(CauseId::nodes_not_ready,
                  fmt::format("{}, missing only on {}", counts(numbers), quoted_list(excused)));

  Unready unready{.verdict = waiting("PodsNotReady", counts(numbers)),
                  .pods = new_pods(judging.live, judging.around),
                  .wanted = numbers.wanted};
  if (numbers.updated < numbers.wanted && !numbers.on_delete)
    unready.verdict = waiting("PodsNotUpdated", fmt::format("{}/{} pods updated", numbers.updated, numbers.wanted));
  if (auto signal = creation_signal(judging, judging.live)) unready.signals.push_back(std::move(*signal));
  return diagnosed(judging, std::move(unready));
}

}  // namespace kforge::rollout
