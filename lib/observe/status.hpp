// SPDX-License-Identifier: Apache-2.0
// The state of a running project, as `kforge status` shows it. Other views of a project (monitor, health) start from it
// too.
#pragma once

#include "kube/client.hpp"
#include "observe/companions.hpp"
#include "observe/usage.hpp"
#include "project/model.hpp"
#include "rollout/managers.hpp"
#include "rollout/verdict.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kforge::observe {

struct PodRow {
  std::string name, state, node;  // state: the word of kubectl's STATUS column
  std::int64_t restarts = 0;
  std::optional<WallTime> started, last_restart;
  bool ready = false;
  std::string last_exit;  // "out of memory at 512Mi", "exit code 1"
  Amounts use, request, limit;
};
struct ObjectRow {
  std::string tier;  // "backend"; empty when unknown
  kube::ObjectRef object;
  std::string service, image;  // image: tag only
  std::optional<rollout::Counts> counts;
  std::string scale;          // "2-5" of an autoscaler
  std::int64_t restarts = 0;  // of the pods that are there
  std::optional<WallTime> created;
  rollout::Verdict verdict;
  std::vector<PodRow> pods;  // by name
  std::optional<Autoscaling> autoscaling;
  std::optional<Budget> budget;
  std::optional<Endpoints> endpoints;
  std::optional<rollout::ForeignChange> drift;          // what others changed last, as far as the object itself tells
  Amounts use() const, request() const, limit() const;  // of all pods together
};
// What was deployed last, by whom.
struct LastRelease {
  int number = 0;
  std::string status, what, by, commit;  // status: "deployed", "failed"; what: "scale order-service=4"
  std::optional<WallTime> started;
};
struct ProjectStatus {
  std::string project, context;          // the label kforge.dev/project where all agree; context: the caller's
  std::optional<LastRelease> release{};  // the caller's, too
  std::vector<ObjectRow> objects;        // in tier order, then by name
  std::vector<std::string> notes;        // "order-service restarted 4m ago: out of memory at 512Mi"
};

// From live objects, wherever they came from (a cluster, or a `kubectl get -o json` List), kforge's own or not. What
// another object of the list controls is shown with its controller. `workloads` keeps what runs and whatever has failed
// or is going away; `all` keeps Services, ConfigMaps and the like too.
enum class Kinds { workloads, all };
ProjectStatus status_of(const std::vector<Json>& objects, Clock::time_point now, WallTime wall_now, Kinds kinds);

// Tells the pods of a status what they use.
void add_usage(ProjectStatus& status, const Usage& usage);

// The namespaces that the project's parts are in.
std::set<std::string> namespaces_of(const project::Project& project);

// Reads the live objects of a project: one LIST per kind and namespace, all in flight together. Secrets and ConfigMaps
// are not read. Kinds that the account may not list are left out, unless nothing can be said without them: then the
// error of the API server is thrown, as is every other one.
std::vector<Json> read_project(kube::Client& client, const project::Project& project);

// The label selector of everything that belongs to a project.
std::string selector_of(const project::Project& project);

// docs/status-json.md
Json to_json(const ProjectStatus& status);

}  // namespace kforge::observe
