// SPDX-License-Identifier: Apache-2.0
// What every controller needs: a queue of keys, reads of the store, writes through the API in the controller's name,
// events.
#pragma once

#include "sandbox/api/api.hpp"
#include "sandbox/api/object_meta.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

// Reconciles keys one after the other, each once however often it was asked for meanwhile, from the loop.
class WorkQueue {
 public:
  WorkQueue(Timers& timers, std::function<void(const Key&)> reconcile);
  ~WorkQueue();
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;
  void add(const Key& key);
  // Once, after a while; a later call for the same key replaces it when it is sooner.
  void add_after(const Key& key, Milliseconds delay);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Where an event comes from, beside the controller: a part of the object and a node.
struct EventOrigin {
  std::string field_path, host;
};

// The store and the API as one controller sees them.
class Kit {
 public:
  Kit(Api& api, Timers& timers, std::string controller);

  Api& api;
  Timers& timers;
  const Caller caller;

  ObjectPtr get(const Key& key) const { return api.store().get(key); }
  std::vector<ObjectPtr> list(const std::string& resource, const std::string& name_space) const {
    return api.store().list(resource, name_space);
  }
  // Objects of a resource whose controlling owner has this UID.
  std::vector<ObjectPtr> owned(const std::string& resource, const std::string& name_space,
                               const std::string& owner_uid) const;

  // Writes in the controller's name. A refusal comes back as the Outcome; nothing throws.
  Outcome create(Json object) const;
  Outcome update(const Json& object) const;         // the whole object, by its resourceVersion
  Outcome update_status(const Json& object) const;  // no write when nothing changed
  Outcome remove(const Json& object, const std::string& propagation = "Background",
                 std::optional<int> grace_seconds = {}) const;

  // Records a core/v1 Event about an object; equal ones are counted up.
  void event(const Json& about, std::string_view type, std::string_view reason, const std::string& message,
             const EventOrigin& origin = {}) const;

  WallTime now() const { return timers.wall_time(); }
  std::string timestamp() const { return format_rfc3339(now()); }

 private:
  void count_up(const Json& event, const std::string& message) const;
  Target target_of(const Json& object) const;
};

Key key_of(const Registry& registry, const Json& object);
std::string uid_of(const Json& object);
// ownerReferences with controller: true and blockOwnerDeletion: true.
Json controller_reference(const Json& owner);
// The controlling owner, or null.
const Json& controlling_owner(const Json& object);

// --- conditions ---
const Json* find_condition(const Json& status, std::string_view type);
bool condition_is_true(const Json& object, std::string_view type);
// Sets a condition; its lastTransitionTime moves only when the status changes, lastUpdateTime (where
// `with_update_time`) when anything does.
struct Condition {
  std::string type, status, reason, message;
};
enum class UpdateTime { no, yes };
void set_condition(Json& status, const Condition& condition, const std::string& now,
                   UpdateTime with_update_time = UpdateTime::no);
void remove_condition(Json& status, std::string_view type);

// --- pods ---
bool pod_is_ready(const Json& pod);
bool pod_is_active(const Json& pod);  // neither ended nor terminating
// Ready for at least that long; otherwise how long is still missing (zero when it is not ready at all).
struct Availability {
  bool available = false;
  Milliseconds missing{0};
};
Availability pod_availability(const Json& pod, int min_ready_seconds, WallTime now);
// A pod from a template, owned; name or generateName is the caller's to set.
Json pod_from_template(const Json& pod_template, const Json& owner, const std::string& name_space);

// Hash of a pod template in the alphabet of names, as pod-template-hash and controller-revision-hash have it.
std::string template_hash(const Json& value);

// A number of seconds that a user may have chosen freely: not negative, at most ten years.
std::chrono::seconds seconds_at(const Json& value, std::initializer_list<std::string_view> path,
                                std::int64_t fallback = 0);

// "25%" or a number, of a total.
int resolve_int_or_percent(const Json& value, int total, bool round_up);

}  // namespace kforge::sandbox
