// SPDX-License-Identifier: Apache-2.0
// StatefulSets (pkg/controller/statefulset): ordered updates, partitions, OnDelete.
#include "base/text.hpp"
#include "rollout/diagnosis.hpp"
#include "rollout/pod_reading.hpp"
#include "rollout/rules.hpp"
#include "rollout/stuck_pods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kforge::rollout {
namespace {

struct Numbers {
  std::int64_t wanted, replicas, updated, ready, partition;
  std::optional<std::int64_t> available;  // old API servers do not tell
  bool same_revision, on_delete;
};

Numbers numbers_of(const Json& live) {
  Numbers numbers{
      .wanted = count_at(live, {"spec", "replicas"}, 1),
      .replicas = count_at(live, {"status", "replicas"}),
      .updated = count_at(live, {"status", "updatedReplicas"}),
      .ready = count_at(live, {"status", "readyReplicas"}),
      .partition = count_at(live, {"spec", "updateStrategy", "rollingUpdate", "partition"}),
      .available = std::nullopt,
      .same_revision = text_at(live, {"status", "currentRevision"}) == text_at(live, {"status", "updateRevision"}),
      .on_delete = text_at(live, {"spec", "updateStrategy", "type"}) == "OnDelete"};
  if (at_path(live, {"status", "availableReplicas"}).is_number())
    numbers.available = count_at(live, {"status", "availableReplicas"});
  return numbers;
}

std::string_view revision_of(const Json& pod) {
  return text_at(pod, {"metadata", "labels", "controller-revision-hash"});
}

// The number at the end of a pod's name; none for a pod that is not of a StatefulSet.
std::optional<std::int64_t> ordinal_of(const Json& pod) {
  const std::string_view name = name_of(pod);
  const std::string_view digits = name.substr(std::min(name.rfind('-') + 1, name.size()));
  std::int64_t ordinal = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  return failure == std::errc{} && end == digits.data() + digits.size() ? std::optional(ordinal) : std::nullopt;
}

// With a partition the revisions stay different, so the pods above it are looked at one by one.
bool updated_above_partition(const Judging& judging, const Numbers& numbers) {
  const auto pods = all_pods(judging.live, judging.around);
  const std::string_view revision = text_at(judging.live, {"status", "updateRevision"});
  return std::all_of(pods.begin(), pods.end(), [&](const Json* pod) {
    const auto ordinal = ordinal_of(*pod);
    return !ordinal || *ordinal < numbers.partition || (revision_of(*pod) == revision && is_ready(*pod));
  });
}

bool has_its_pods(const Numbers& numbers) {
  return numbers.replicas == numbers.wanted && numbers.ready >= numbers.wanted &&
         numbers.available.value_or(numbers.wanted) >= numbers.wanted;
}

bool is_updated(const Judging& judging, const Numbers& numbers) {
  if (numbers.on_delete) return true;
  if (numbers.updated < std::max<std::int64_t>(0, numbers.wanted - numbers.partition)) return false;
  return numbers.partition > 0 ? updated_above_partition(judging, numbers) : numbers.same_revision;
}

std::string names_of_old_pods(const Judging& judging) {
  const std::string_view revision = text_at(judging.live, {"status", "updateRevision"});
  std::vector<std::string> names;
  for (const Json* pod : all_pods(judging.live, judging.around))
    if (revision_of(*pod) != revision) names.emplace_back(name_of(*pod));
  std::sort(names.begin(), names.end());
  return names.empty() ? "some pods" : quoted_list(names);
}

Verdict complete(const Judging& judging, const Numbers& numbers) {
  if (numbers.wanted == 0) return ready("scaled to 0", "ScaledToZero");
  if (!numbers.same_revision && numbers.on_delete)
    return warned(CauseId::update_needs_deletion,
                  fmt::format("{} keep the old revision until they are deleted", names_of_old_pods(judging)));
  if (!numbers.same_revision && numbers.partition >= numbers.wanted)
    return warned(CauseId::partition_holds_all, fmt::format("no pod will be updated: partition {} of {} replicas",
                                                            numbers.partition, numbers.wanted));
  return ready(fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted));
}

// An ordered update stands still while any pod is not ready, also one that it is about to replace. A pod that was just
// made by the old revision gets a moment.
std::optional<Signal> blocking_pod(const Judging& judging, const Numbers& numbers) {
  if (numbers.same_revision || numbers.on_delete ||
      text_at(judging.live, {"spec", "podManagementPolicy"}) == "Parallel")
    return std::nullopt;
  const std::string_view revision = text_at(judging.live, {"status", "updateRevision"});
  for (const Json* pod : all_pods(judging.live, judging.around)) {
    if (revision_of(*pod) == revision || is_ready(*pod) || is_deleting(*pod)) continue;
    return signal_on(
        *pod, CauseId::update_blocked,
        fmt::format("the update waits for pod '{}' of the old revision ({})", name_of(*pod), pod_status_word(*pod)),
        {});
  }
  return std::nullopt;
}

Verdict progress_text(const Judging& judging, const Numbers& numbers, std::int64_t updated_wanted) {
  if (numbers.replicas > numbers.wanted)
    return waiting("ScalingDown", fmt::format("{}/{} pods, scaling down", numbers.replicas, numbers.wanted));
  const bool rolling = !numbers.same_revision && !numbers.on_delete;
  if (!rolling && !judging.deploying())
    return waiting("PodsNotReady", fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted));
  if (numbers.updated < updated_wanted)
    return waiting("PodsNotUpdated", fmt::format("{}/{} pods updated", numbers.updated, updated_wanted));
  return waiting("PodsNotReady", fmt::format("{}/{} pods ready", numbers.ready, numbers.wanted));
}

bool is_observed(const Json& live) {
  return count_at(live, {"status", "observedGeneration"}) >= count_at(live, {"metadata", "generation"});
}

}  // namespace

std::vector<const Json*> stuck_pods(const Json& workload, const Surroundings& around) {
  const Numbers numbers = numbers_of(workload);
  if (text_at(workload, {"kind"}) != "StatefulSet" || !is_observed(workload) || numbers.on_delete ||
      text_at(workload, {"spec", "podManagementPolicy"}) == "Parallel")
    return {};
  const std::string_view revision = text_at(workload, {"status", "updateRevision"});
  std::vector<const Json*> stuck;
  for (const Json* pod : all_pods(workload, around))
    if (revision_of(*pod) != revision && ordinal_of(*pod).value_or(0) >= numbers.partition && !is_ready(*pod) &&
        !is_deleting(*pod))
      stuck.push_back(pod);
  return stuck;
}

Verdict judge_stateful_set(Judging& judging) {
  const Numbers numbers = numbers_of(judging.live);
  judging.note_progress({{"updated", numbers.updated}, {"ready", numbers.ready}, {"replicas", numbers.replicas}});
  if (has_its_pods(numbers) && is_updated(judging, numbers)) return complete(judging, numbers);

  const std::int64_t updated_wanted =
      numbers.on_delete ? 0 : std::max<std::int64_t>(0, numbers.wanted - numbers.partition);
  Unready unready{.verdict = progress_text(judging, numbers, updated_wanted),
                  .pods = new_pods(judging.live, judging.around),
                  .wanted = numbers.wanted};
  if (auto signal = creation_signal(judging, judging.live)) unready.signals.push_back(std::move(*signal));
  if (auto signal = blocking_pod(judging, numbers)) unready.signals.push_back(std::move(*signal));
  return diagnosed(judging, std::move(unready));
}

}  // namespace kforge::rollout
