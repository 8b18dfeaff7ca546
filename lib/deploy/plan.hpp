// SPDX-License-Identifier: Apache-2.0
// What a run of `up` will do, object by object.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/difference.hpp"
#include "deploy/events.hpp"
#include "deploy/live.hpp"
#include "render/render.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

// What the server said when an object was written; the start of waiting for it.
struct Written {
  rollout::Baseline baseline;
  Clock::time_point at;
};

// A field of the intent that another manager holds with another value.
struct HeldField {
  std::string path, manager;
  std::optional<WallTime> since;  // of the manager's last write
  Json live, ours;
};

// A claim of a StatefulSet and the size that it shall grow to.
struct ClaimGrowth {
  kube::ObjectRef claim;
  std::string size;
};

struct Change {
  const render::Object* object = nullptr;  // the intent; owned by the Rendered of the run
  kube::ObjectRef ref;
  const schema::Kind* kind = nullptr;  // null while the CRD of the same run is not there yet
  const Json* live = nullptr;          // owned by Plan::live; null when it does not exist
  Action action = Action::create;
  bool force = false;  // only fields of kforge's own other managers are in the way
  // The live object is deleted, then made again: a Job that failed, or a change of fields that cannot be changed.
  std::optional<kube::Propagation> replace;
  bool immutable = false;  // the server refuses to change fields of it; see `remedy`
  std::string remedy;      // the option that recreates it, or empty when nothing does: "--recreate Service/kong"
  std::vector<ClaimGrowth> claims;  // of a StatefulSet that is replaced
  bool adopts = false;              // it exists, and belongs to nobody yet
  bool migrates = false;            // it came from `kubectl apply`: its fields become kforge's
  bool finished_before = false;     // a Job that is done and whose object is gone
  // Replicas of a workload whose autoscaler owns them: its minimum. The engine hands the field over instead of dropping
  // it, which would scale to 1 (deploy-engine §4.5).
  std::optional<std::int64_t> autoscaled_from;
  // What the server would make of the object; null when it was not asked, refuses, or creates it.
  Json outcome;
  std::vector<HeldField> conflicts;
  int restarts = 0;                // pods that the change replaces
  std::string detail;              // "image v1.0.0 -> v1.1.0"
  std::optional<Written> written;  // set by the applier
  // Not the whole intent but these fields are applied, by another manager than kforge's own: a verb, not a deploy.
  struct Part {
    Json body;
    std::string manager;
    bool rolls = false;  // it replaces the pods
  };
  std::optional<Part> part;

  const Json& intent() const { return object->manifest; }
  bool writes() const { return action == Action::create || action == Action::update; }
};

// What the server said no to when it was asked beforehand.
struct Refusal {
  const Change* change = nullptr;
  kube::ApiResult result;
};

// A live member of the project that the project file does not name any more.
struct Leftover {
  kube::ObjectRef ref;
  const schema::Kind* kind = nullptr;
  const Json* live = nullptr;  // owned by Plan::live
  project::Tier tier = project::Tier::namespaces;
  bool superseded = false;  // configuration with a hashed name, of which the project file has a newer one
  bool routine = false;     // stays for a while as a matter of course
  std::string why_kept;     // empty: deleted after a successful run

  bool stays() const { return !why_kept.empty(); }
};

// Adds what happens to one object.
void count(PlanSummary& summary, const Change& change);

struct Plan {
  std::vector<Change> changes;    // in the order of the rendered objects
  std::vector<Refusal> refusals;  // in the same order
  std::vector<Leftover> gone;     // from the project file
  LiveObjects live;
  Json parent;       // the live ApplySet parent, or null
  Extent leftovers;  // of live members that the project file does not name any more
  Extent remaining;  // of those that stay
  std::set<std::string> missing_namespaces;

  PlanSummary summary() const;
  bool writes() const;  // objects
  bool deletes() const;
};

// The minimum of the autoscaler of each workload that leaves `replicas` to it.
void mark_autoscaled(std::vector<Change>& changes);

// Whether a live autoscaler of the project, which the plan has no more, scales the workload.
bool had_autoscaler(const Plan& plan, const Change& workload, const Membership& membership);

// "image v1.0.0 -> v1.1.0", "env[LOG_LEVEL], replicas": what differs between live and intent, never a Secret's value.
std::string describe_difference(const Change& change);

// "image v1.0.0 -> v1.1.0" of each container whose image differs.
std::vector<std::string> image_changes(const Json& live, const Json& intent);

// Deployments, StatefulSets and DaemonSets: what has pods that are replaced when their template changes.
bool is_workload(std::string_view kind);

// Pods of a live workload; 0 for other kinds.
int running_pods(const Json& workload);

// Pods that a change of `before` into `after` replaces: those of the workload when its pod template differs.
int restarted_pods(const Json& before, const Json& after);

// A live Job that ended without success; applying it again would never run it.
bool is_failed_job(const Json& live);

}  // namespace kforge::deploy
