// SPDX-License-Identifier: Apache-2.0
// The state of a running project, as `kforge status` shows it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kube/client.hpp"
#include "project/model.hpp"
#include "rollout/verdict.hpp"

namespace kforge::observe {

struct PodRow {
  std::string name, state, node;
  std::int64_t restarts = 0;
  std::optional<WallTime> started, last_restart;
  bool ready = false;
  std::string last_exit;              // "out of memory at 512Mi", "exit code 1"
};
struct ObjectRow {
  std::string tier;                   // "backend"; empty when unknown
  kube::ObjectRef object;
  std::string service, image;         // image: tag only
  std::optional<rollout::Counts> counts;
  std::string scale;                  // "2-5" of an autoscaler
  std::int64_t restarts = 0;
  std::optional<WallTime> created;
  rollout::Verdict verdict;
  std::vector<PodRow> pods;
};
struct ProjectStatus {
  std::string project, context;
  std::vector<ObjectRow> objects;     // in tier order, then by name
  std::vector<std::string> notes;     // "order-service restarted 4m ago: out of memory at 512Mi"
};

// From live objects, wherever they came from (a cluster, or a `kubectl get -o json` List). `all_kinds` keeps Services,
// ConfigMaps and the like; otherwise only what runs.
enum class Kinds { workloads, all };
ProjectStatus status_of(const std::vector<Json>& objects, Clock::time_point now, WallTime wall_now, Kinds kinds);

// Reads the live objects of a project: one LIST per kind and namespace, all in flight together.
std::vector<Json> read_project(kube::Client& client, const project::Project& project);

Json to_json(const ProjectStatus& status);

}  // namespace kforge::observe
