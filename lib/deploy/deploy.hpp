// SPDX-License-Identifier: Apache-2.0
// What `kforge up` and `kforge down` are. Emits events, prints nothing.
#pragma once

#include "deploy/events.hpp"
#include "deploy/origin.hpp"
#include "kube/client.hpp"
#include "project/model.hpp"
#include "render/render.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

struct Context {
  kube::Client& client;
  const Clock& clock;
  const project::Project& project;
  const Environment& environment;
  Observer& observer;
  Origin origin{};
};

enum class DryRun { no, server };
enum class Wait { yes, no };
using project::OnFailure;

// How a run that writes deals with the deploy lock (lock.hpp).
struct LockOptions {
  bool use = true;                   // false: --no-lock
  std::chrono::milliseconds wait{};  // how long another holder is waited for
};

// The cluster that the environment belongs to; see cluster_guard.hpp.
struct ClusterGuard {
  std::string expected;         // its identity; empty: any
  std::string reason, way_out;  // for people: who says so, what to do about it
  // Called before the first write. Empty: nothing to remember.
  std::function<void(const std::string& identity)> remember{};
};

struct UpRequest {
  std::vector<std::string> services;           // names; empty: the whole project
  std::chrono::milliseconds timeout{900'000};  // of the whole run
  Wait wait = Wait::yes;
  DryRun dry_run = DryRun::no;
  bool force_conflicts = false;
  std::vector<std::string> recreate{};  // "Kind/name" of objects that may be deleted and made again
  LockOptions lock{};
  std::string message{};  // of the release, for its history
  OnFailure on_failure = OnFailure::keep;
  std::vector<std::string> prune{};  // "Kind/name" of data that may be deleted when nothing names it any more
  bool no_prune = false;             // delete nothing
  bool allow_mass_prune = false;
  bool adopt = false;  // take in objects that exist and belong to nobody
  // Asks a person; empty: nobody is there to be asked.
  std::function<bool(const std::string& question)> ask{};
  std::optional<Json> saved_plan{};  // what was approved: the run does exactly that, or nothing
  ClusterGuard cluster{};
};
// Plans, then applies and waits stage by stage. Throws Error (rollout_failed, timed_out, conflict, rejected, …) after
// the events that explain it; on Error{interrupted|terminated} it has said what was and what was not applied.
Finished up(const Context& context, const UpRequest& request);

enum class Data { keep, remove };
struct DownRequest {
  Data data = Data::keep;  // remove: PVCs, generated secrets and namespaces too
  std::chrono::milliseconds timeout{300'000};
  LockOptions lock{};
  ClusterGuard cluster{};
};
struct DownPlan {
  std::vector<kube::ObjectRef> removed, kept;
};
// What down would do; writes nothing.
DownPlan plan_down(const Context& context, const DownRequest& request);
Finished down(const Context& context, const DownRequest& request);

}  // namespace kforge::deploy
