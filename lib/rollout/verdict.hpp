// SPDX-License-Identifier: Apache-2.0
// Judging live objects: ready, waiting or failed, and why. Pure functions over JSON; no I/O, no clock of their own.
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "os/clock.hpp"
#include "rollout/cause.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::rollout {

// ready_with_warning is as good as ready for a gate; the warning is shown.
enum class State { waiting, ready, ready_with_warning, failed };
std::string_view to_string(State state);  // "waiting", "ready", "ready", "failed"

struct Verdict {
  State state = State::waiting;
  std::string reason;    // CamelCase word: "ImageNotFound", "PodsNotReady", "NoProgress"
  std::string message;   // for people: "1/2 new pods ready, pulling image", "image not found"
  std::string code;      // of the cause when failed or warned: "KF2003"; while waiting: of the probable cause, if any
  std::string evidence;  // what the node or controller said, verbatim; text from the cluster is untrusted
  std::string subject;   // what it is about, where that helps: the image, "secret 'orders-db'", a node
  std::string pod, container;  // where it was seen
  int pods_affected = 0;       // of pods_total new pods
  int pods_total = 0;
};
bool settled(const Verdict& verdict);
// Whether another verdict is possible once the nodes are known: the scheduler does not say which taints it met.
bool is_about_nodes(const Verdict& verdict);

// Live objects around the one that is judged; all of one namespace. Pointers stay owned by the caller's store. More
// than belongs to the object is allowed; Index (rollout/index.hpp) picks what belongs, which makes judging many objects
// linear. An empty list means "not known", never "there are none".
struct Surroundings {
  std::vector<const Json*> pods, replica_sets, events, claims, storage_classes, endpoint_slices, workloads, nodes;
};

// What was known when our write was answered. Without a write (`kforge status`) everything is empty.
struct Baseline {
  std::string uid;                   // of the object we applied; another uid means: recreated by someone
  std::int64_t generation = 0;       // in our PATCH reply
  std::optional<Json> progressing;   // Progressing condition in that reply (a stale one never fails a rollout)
  std::optional<Json> pod_template;  // spec.template in that reply; another one means: superseded
  std::map<std::string, std::int64_t> restarts;  // "pod-uid/container" -> restartCount when the wait began
  std::optional<WallTime> applied_at;            // server clock
};
// The baseline of a write from its reply, the pods known at that time, and the server's clock (Date header).
Baseline baseline_of(const Json& reply, const std::vector<const Json*>& pods, std::optional<WallTime> applied_at);

// Remembers since when a signal has been true (FATAL(t)) and when progress was last seen; one per watched object.
struct Memory {
  std::map<std::string, Clock::time_point, std::less<>> since;
  std::optional<Clock::time_point> last_progress;
  std::map<std::string, std::int64_t, std::less<>> counters;
  std::optional<Clock::time_point> deadline;  // set by judge(): see next_deadline
};

struct Options {
  bool wait_for_load_balancer = false;
};

// The verdict on one live object at `now`. `memory` is updated. `server_now` is the server's clock, for comparisons
// with times in objects. With an empty Baseline nothing was written: restarts count from zero and since-when comes from
// the objects' own times, so that one look is enough.
Verdict judge(const Json& live, const Surroundings& around, const Baseline& baseline, Memory& memory,
              Clock::time_point now, WallTime server_now, const Options& options = {});
// The object is gone: failed, unless its last state had finished (a Job removed by its TTL).
Verdict judge_gone(const Json& last_state);

// The earliest time at which judge() could say something else without a new event, if any: for the wait loop.
std::optional<Clock::time_point> next_deadline(const Memory& memory);

// Pods of the newest revision of a workload, worst first: what a rollout may fail on, and whose logs explain it.
std::vector<const Json*> new_pods(const Json& workload, const Surroundings& around);
std::vector<const Json*> all_pods(const Json& workload, const Surroundings& around);

// Restart counters of the pods as they are now, for Baseline::restarts.
std::map<std::string, std::int64_t> restart_counts(const std::vector<const Json*>& pods);

// "2/2", "1/3": ready and wanted of a workload; empty for kinds that have none.
struct Counts {
  std::int64_t ready = 0, wanted = 0, updated = 0;
};
std::optional<Counts> counts_of(const Json& live);

}  // namespace kforge::rollout
