// SPDX-License-Identifier: Apache-2.0
#include "sandbox/controllers/toolkit.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <set>

namespace kforge::sandbox {

// --- queue ---

struct WorkQueue::State {
  Timers& timers;
  std::function<void(const Key&)> reconcile;
  std::deque<Key> waiting;
  std::set<Key> queued;
  struct Delayed {
    Clock::time_point due;
    Timers::Id timer;
  };
  std::map<Key, Delayed> delayed;
  std::optional<Timers::Id> turn;

  void schedule() {
    if (!turn && !waiting.empty())
      turn = timers.after(Milliseconds(0), [this] {
        turn.reset();
        run_one();
      });
  }

  void run_one() {
    const Key key = waiting.front();
    waiting.pop_front();
    queued.erase(key);
    schedule();  // before the work: it may throw away the queue
    reconcile(key);
  }
};

WorkQueue::WorkQueue(Timers& timers, std::function<void(const Key&)> reconcile)
    : state_(new State{timers, std::move(reconcile), {}, {}, {}, {}}) {}

WorkQueue::~WorkQueue() {
  if (state_->turn) state_->timers.cancel(*state_->turn);
  for (const auto& [key, delayed] : state_->delayed) state_->timers.cancel(delayed.timer);
}

void WorkQueue::add(const Key& key) {
  if (!state_->queued.insert(key).second) return;
  state_->waiting.push_back(key);
  state_->schedule();
}

void WorkQueue::add_after(const Key& key, Milliseconds delay) {
  const Clock::time_point due = state_->timers.now() + delay;
  if (const auto known = state_->delayed.find(key); known != state_->delayed.end()) {
    if (known->second.due <= due) return;
    state_->timers.cancel(known->second.timer);
  }
  const Timers::Id timer = state_->timers.after(delay, [this, key] {
    state_->delayed.erase(key);
    add(key);
  });
  state_->delayed[key] = {due, timer};
}

// --- reads and writes ---

Kit::Kit(Api& controlled_api, Timers& loop_timers, std::string controller)
    : api(controlled_api),
      timers(loop_timers),
      caller{fmt::format("system:serviceaccount:kube-system:{}", controller),
             {"system:serviceaccounts", "system:authenticated"},
             controller == "kubelet"             ? "kubelet"
             : controller == "default-scheduler" ? "kube-scheduler"
                                                 : "kube-controller-manager"} {}

std::vector<ObjectPtr> Kit::owned(const std::string& resource, const std::string& name_space,
                                  const std::string& owner_uid) const {
  std::vector<ObjectPtr> found = list(resource, name_space);
  std::erase_if(found,
                [&](const ObjectPtr& object) { return string_at(controlling_owner(*object), {"uid"}) != owner_uid; });
  return found;
}

Target Kit::target_of(const Json& object) const {
  const std::string api_version = string_at(object, {"apiVersion"});
  const std::size_t slash = api_version.find('/');
  const std::string group = slash == std::string::npos ? "" : api_version.substr(0, slash);
  const Resource* resource = api.registry().find_kind(group, string_at(object, {"kind"}));
  return {group,
          slash == std::string::npos ? api_version : api_version.substr(slash + 1),
          resource == nullptr ? "" : resource->plural,
          namespace_of(object),
          name_of(object),
          ""};
}

Outcome Kit::create(Json object) const {
  Target target = target_of(object);
  target.name.clear();
  return api.create(caller, target, std::move(object), {});
}

Outcome Kit::update(const Json& object) const {
  return api.update(caller, target_of(object), object, {});
}

Outcome Kit::update_status(const Json& object) const {
  Target target = target_of(object);
  target.subresource = "status";
  return api.update(caller, target, object, {});
}

Outcome Kit::remove(const Json& object, const std::string& propagation, std::optional<int> grace_seconds) const {
  DeleteOptions options;
  options.propagation = propagation;
  options.uid = uid_of(object);
  options.grace_seconds = grace_seconds;
  return api.remove(caller, target_of(object), options);
}

Key key_of(const Registry& registry, const Json& object) {
  const std::string api_version = string_at(object, {"apiVersion"});
  const std::size_t slash = api_version.find('/');
  const Resource* resource =
      registry.find_kind(slash == std::string::npos ? "" : api_version.substr(0, slash), string_at(object, {"kind"}));
  return resource == nullptr ? Key{} : resource->key(namespace_of(object), name_of(object));
}

std::string uid_of(const Json& object) {
  return string_at(object, {"metadata", "uid"});
}

Json controller_reference(const Json& owner) {
  return {{"apiVersion", owner.at("apiVersion")},
          {"kind", owner.at("kind")},
          {"name", name_of(owner)},
          {"uid", uid_of(owner)},
          {"controller", true},
          {"blockOwnerDeletion", true}};
}

const Json& controlling_owner(const Json& object) {
  static const Json none;
  for (const Json& reference : at_path(object, {"metadata", "ownerReferences"}))
    if (bool_at(reference, {"controller"})) return reference;
  return none;
}

// --- conditions ---

const Json* find_condition(const Json& status, std::string_view type) {
  for (const Json& condition : at_path(status, {"conditions"}))
    if (string_at(condition, {"type"}) == type) return &condition;
  return nullptr;
}

bool condition_is_true(const Json& object, std::string_view type) {
  const Json* const condition = find_condition(at_path(object, {"status"}), type);
  return condition != nullptr && string_at(*condition, {"status"}) == "True";
}

void set_condition(Json& status, const Condition& condition, const std::string& now, UpdateTime with_update_time) {
  Json next{{"type", condition.type}, {"status", condition.status}, {"lastTransitionTime", now}};
  if (!condition.reason.empty()) next["reason"] = condition.reason;
  if (!condition.message.empty()) next["message"] = condition.message;
  if (with_update_time == UpdateTime::yes) next["lastUpdateTime"] = now;
  if (!status.contains("conditions") || !status["conditions"].is_array()) status["conditions"] = Json::array();
  for (Json& known : status["conditions"]) {
    if (string_at(known, {"type"}) != condition.type) continue;
    const bool same = string_at(known, {"status"}) == condition.status;
    if (same) next["lastTransitionTime"] = known["lastTransitionTime"];
    if (same && string_at(known, {"reason"}) == condition.reason && string_at(known, {"message"}) == condition.message)
      return;
    known = next;
    return;
  }
  status["conditions"].push_back(next);
}

void remove_condition(Json& status, std::string_view type) {
  if (!status.contains("conditions") || !status["conditions"].is_array()) return;
  Json& conditions = status["conditions"];
  for (auto at = conditions.begin(); at != conditions.end();)
    at = string_at(*at, {"type"}) == type ? conditions.erase(at) : at + 1;
}

// --- pods ---

bool pod_is_ready(const Json& pod) {
  return condition_is_true(pod, "Ready");
}

bool pod_is_active(const Json& pod) {
  const std::string phase = string_at(pod, {"status", "phase"});
  return phase != "Succeeded" && phase != "Failed" && !is_terminating(pod);
}

Availability pod_availability(const Json& pod, int min_ready_seconds, WallTime now) {
  if (!pod_is_ready(pod)) return {};
  if (min_ready_seconds == 0) return {true, Milliseconds(0)};
  const auto since =
      parse_rfc3339(string_at(*find_condition(at_path(pod, {"status"}), "Ready"), {"lastTransitionTime"}));
  if (!since) return {true, Milliseconds(0)};
  const auto missing = std::chrono::duration_cast<Milliseconds>(*since + std::chrono::seconds(min_ready_seconds) - now);
  return missing.count() <= 0 ? Availability{true, Milliseconds(0)} : Availability{false, missing};
}

Json pod_from_template(const Json& pod_template, const Json& owner, const std::string& name_space) {
  Json metadata{{"namespace", name_space}, {"ownerReferences", {controller_reference(owner)}}};
  for (const char* field : {"labels", "annotations", "finalizers"})
    if (const Json& value = at_path(pod_template, {"metadata", field}); !value.is_null()) metadata[field] = value;
  return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", at_path(pod_template, {"spec"})}};
}

std::string template_hash(const Json& value) {
  static constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  const std::string digest = sha256(to_text(value));
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8U | static_cast<unsigned char>(digest[i]);
  std::string hash;  // the digits of a number, each as a letter (apimachinery/pkg/util/rand, SafeEncodeString)
  for (const char digit : std::to_string(number)) hash += alphabet[static_cast<unsigned char>(digit) % alphabet.size()];
  return hash;
}

std::chrono::seconds seconds_at(const Json& value, std::initializer_list<std::string_view> path,
                                std::int64_t fallback) {
  constexpr std::int64_t longest = 10LL * 366 * 24 * 3600;
  return std::chrono::seconds(std::clamp<std::int64_t>(int_at(value, path, fallback), 0, longest));
}

int resolve_int_or_percent(const Json& value, int total, bool round_up) {
  if (value.is_number_integer()) return value.get<int>();
  if (!value.is_string()) return 0;
  const std::string text = value.get<std::string>();
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.ends_with('%')) return number;
  const double part = number * total / 100.0;
  return static_cast<int>(round_up ? std::ceil(part) : std::floor(part));
}

}  // namespace kforge::sandbox
