// SPDX-License-Identifier: Apache-2.0
#include "observe/status.hpp"

#include "observe/rows.hpp"
#include "rollout/index.hpp"
#include "rollout/pod_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace kforge::observe {
namespace {

using rollout::kind_of;
using rollout::text_at;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool runs(const Json& object) {
  return is_one_of(kind_of(object), {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"});
}

// Objects that only say something about others.
bool is_background(const Json& object) {
  return is_one_of(kind_of(object), {"Event", "Endpoints", "EndpointSlice", "ControllerRevision", "Lease", "Node",
                                     "StorageClass", "PersistentVolume"});
}

// A ReplicaSet that a Deployment keeps only to roll back to.
bool is_spare(const Json& object) {
  return kind_of(object) == "ReplicaSet" && !rollout::controller_of(object).is_null() &&
         rollout::count_at(object, {"spec", "replicas"}, 1) == 0 &&
         rollout::count_at(object, {"status", "replicas"}) == 0;
}

class StatusReader {
 public:
  StatusReader(const std::vector<Json>& objects, Clock::time_point now, WallTime wall_now)
      : now_(now), wall_now_(wall_now), companions_(objects) {
    for (const Json& object : objects) {
      index_.add(object);
      known_.insert(rollout::uid_of(object));
    }
  }

  // Shown with its controller, or not at all.
  bool is_part(const Json& object) const {
    const std::string_view owner = text_at(rollout::controller_of(object), {"uid"});
    return is_background(object) || is_spare(object) || (!owner.empty() && known_.contains(owner));
  }

  ObjectRow row_of(const Json& object) const {
    const rollout::Surroundings around = index_.around(object);
    rollout::Memory memory;
    ObjectRow row{.tier = tier_of(object), .object = kube::ref_of(object), .service = service_of(object)};
    row.verdict = rollout::judge(object, around, {}, memory, now_, wall_now_);
    row.counts = rollout::counts_of(object);
    row.created = rollout::time_at(object, {"metadata", "creationTimestamp"});
    row.drift = rollout::foreign_change(object);
    if (!runs(object)) return row;
    row.image = image_tag_of(object);
    add_pods(row, object, around);
    row.autoscaling = companions_.autoscaling_of(object);
    if (row.autoscaling) row.scale = fmt::format("{}-{}", row.autoscaling->min, row.autoscaling->max);
    row.budget = companions_.budget_of(object);
    row.endpoints = companions_.endpoints_of(object);
    return row;
  }

 private:
  static void add_pods(ObjectRow& row, const Json& object, const rollout::Surroundings& around) {
    for (const Json* pod : rollout::all_pods(object, around)) row.pods.push_back(pod_row(*pod));
    std::sort(row.pods.begin(), row.pods.end(), [](const PodRow& a, const PodRow& b) { return a.name < b.name; });
    for (const PodRow& pod : row.pods) row.restarts += pod.restarts;
  }

  Clock::time_point now_;
  WallTime wall_now_;
  rollout::Index index_;
  std::set<std::string_view> known_;
  Companions companions_;
};

bool is_wanted(const Json& object, const ObjectRow& row, Kinds kinds) {
  return kinds == Kinds::all || runs(object) || row.verdict.state == rollout::State::failed ||
         rollout::is_deleting(object);
}

bool comes_before(const ObjectRow& a, const ObjectRow& b) {
  const auto key = [](const ObjectRow& row) {
    return std::make_tuple(tier_rank(row.tier), std::string_view(row.tier), std::string_view(row.object.name_space),
                           std::string_view(row.service), !row.counts.has_value(),
                           std::string_view(row.object.kind.kind), std::string_view(row.object.name));
  };
  return key(a) < key(b);
}

// The label that all objects agree on, as far as they have it.
std::string project_of(const std::vector<Json>& objects) {
  std::set<std::string_view> names;
  for (const Json& object : objects)
    if (const auto name = text_at(object, {"metadata", "labels", "kforge.dev/project"}); !name.empty())
      names.insert(name);
  return names.size() == 1 ? std::string(*names.begin()) : "";
}

Amounts sum_of(const std::vector<PodRow>& pods, Amounts PodRow::*part) {
  Amounts sum;
  for (const PodRow& pod : pods) sum += pod.*part;
  return sum;
}

}  // namespace

Amounts ObjectRow::use() const {
  return sum_of(pods, &PodRow::use);
}
Amounts ObjectRow::request() const {
  return sum_of(pods, &PodRow::request);
}
Amounts ObjectRow::limit() const {
  return sum_of(pods, &PodRow::limit);
}

void add_usage(ProjectStatus& status, const Usage& usage) {
  for (ObjectRow& row : status.objects)
    for (PodRow& pod : row.pods)
      if (const Amounts* use = usage.find(row.object.name_space, pod.name)) pod.use = *use;
}

ProjectStatus status_of(const std::vector<Json>& objects, Clock::time_point now, WallTime wall_now, Kinds kinds) {
  const StatusReader reader(objects, now, wall_now);
  ProjectStatus status;
  status.project = project_of(objects);
  std::vector<std::string> warnings, drifts;
  for (const Json& object : objects) {
    if (reader.is_part(object)) continue;
    ObjectRow row = reader.row_of(object);
    if (std::string note = warning_note(row); !note.empty()) warnings.push_back(std::move(note));
    if (std::string note = drift_note(row, wall_now); !note.empty()) drifts.push_back(std::move(note));
    if (is_wanted(object, row, kinds)) status.objects.push_back(std::move(row));
  }
  std::stable_sort(status.objects.begin(), status.objects.end(), comes_before);
  for (const ObjectRow& row : status.objects)
    if (std::string note = restart_note(row, wall_now); !note.empty()) status.notes.push_back(std::move(note));
  for (std::vector<std::string>* notes : {&warnings, &drifts}) {
    std::sort(notes->begin(), notes->end());
    status.notes.insert(status.notes.end(), notes->begin(), notes->end());
  }
  return status;
}

}  // namespace kforge::observe
