// SPDX-License-Identifier: Apache-2.0
// Objects whose owners are gone go too; owners that are deleted in the foreground wait for them
// (pkg/controller/garbagecollector).
#include "sandbox/controllers/controller.hpp"

#include <algorithm>
#include <set>

namespace kforge::sandbox {
namespace {

constexpr const char *foreground = "foregroundDeletion", *orphan = "orphan";

class GarbageCollector final : public Controller {
 public:
  GarbageCollector(Api& api, Timers& timers)
      : kit_(api, timers, "generic-garbage-collector"), queue_(timers, [this](const Key& key) { reconcile(key); }) {}

  void on_change(const Change& change) override {
    if (change.key.resource == "events") return;
    if (change.before) each_owner(*change.before, [&](const std::string& uid) { dependents_[uid].erase(change.key); });
    if (change.type == Change::Type::deleted) return object_gone(change);
    each_owner(*change.object, [&](const std::string& uid) { dependents_[uid].insert(change.key); });
    const bool owned = !at_path(*change.object, {"metadata", "ownerReferences"}).empty();
    const bool new_owners = !change.before || at_path(*change.before, {"metadata", "ownerReferences"}) !=
                                                  at_path(*change.object, {"metadata", "ownerReferences"});
    if ((owned && new_owners) || is_held(*change.object)) queue_.add(change.key);
  }

 private:
  template <class Visit>
  static void each_owner(const Json& object, Visit visit) {
    for (const Json& reference : at_path(object, {"metadata", "ownerReferences"})) visit(string_at(reference, {"uid"}));
  }

  static bool is_held(const Json& object) {
    return is_terminating(object) && (has_finalizer(object, foreground) || has_finalizer(object, orphan));
  }

  void object_gone(const Change& change) {
    each_owner(*change.object, [&](const std::string& uid) {
      forget(uid, change.key);
      if (const auto owner = waiting_.find(uid); owner != waiting_.end()) queue_.add(owner->second);
    });
    waiting_.erase(uid_of(*change.object));
    const auto known = dependents_.find(uid_of(*change.object));
    if (known == dependents_.end()) return;
    for (const Key& key : known->second) queue_.add(key);
  }

  void forget(const std::string& uid, const Key& key) {
    const auto known = dependents_.find(uid);
    if (known == dependents_.end()) return;
    known->second.erase(key);
    if (known->second.empty()) dependents_.erase(known);
  }

  void reconcile(const Key& key) {
    const ObjectPtr object = kit_.get(key);
    if (!object) return;
    if (is_held(*object))
      return has_finalizer(*object, orphan) ? let_dependents_live(*object) : delete_dependents(key, *object);
    if (!is_terminating(*object) && !at_path(*object, {"metadata", "ownerReferences"}).empty()) check_owners(*object);
  }

  bool exists(const Json& dependent, const Json& reference) const {
    const std::string api_version = string_at(reference, {"apiVersion"});
    const std::size_t slash = api_version.find('/');
    const Resource* resource = kit_.api.registry().find_kind(
        slash == std::string::npos ? "" : api_version.substr(0, slash), string_at(reference, {"kind"}));
    if (resource == nullptr) return true;  // of a kind that is not served: nothing is known about it
    const ObjectPtr owner = kit_.get(resource->key(namespace_of(dependent), string_at(reference, {"name"})));
    return owner && uid_of(*owner) == string_at(reference, {"uid"});
  }

  void check_owners(const Json& object) {
    Json living = Json::array();
    const Json& references = at_path(object, {"metadata", "ownerReferences"});
    for (const Json& reference : references)
      if (exists(object, reference)) living.push_back(reference);
    if (living.empty()) {
      kit_.remove(object);
    } else if (living != references) {
      Json next = object;
      next["metadata"]["ownerReferences"] = living;
      kit_.update(next);
    }
  }

  std::set<Key> dependents_of(const Json& owner) const {
    const auto known = dependents_.find(uid_of(owner));
    return known == dependents_.end() ? std::set<Key>{} : known->second;
  }

  void delete_dependents(const Key& key, const Json& owner) {
    bool blocked = false;
    waiting_[uid_of(owner)] = key;
    for (const Key& dependent_key : dependents_of(owner)) {
      const ObjectPtr dependent = kit_.get(dependent_key);
      if (!dependent) continue;
      if (!is_terminating(*dependent))
        kit_.remove(*dependent, dependents_of(*dependent).empty() ? "Background" : "Foreground");
      blocked = blocked || (kit_.get(dependent_key) && blocks(*dependent, owner));
    }
    if (!blocked) release(key, foreground);
  }

  static bool blocks(const Json& dependent, const Json& owner) {
    for (const Json& reference : at_path(dependent, {"metadata", "ownerReferences"}))
      if (string_at(reference, {"uid"}) == uid_of(owner)) return bool_at(reference, {"blockOwnerDeletion"});
    return false;
  }

  void let_dependents_live(const Json& owner) {
    for (const Key& key : dependents_of(owner)) {
      const ObjectPtr dependent = kit_.get(key);
      if (!dependent) continue;
      Json next = *dependent;
      Json& references = next["metadata"]["ownerReferences"];
      references.erase(std::remove_if(references.begin(), references.end(),
                                      [&](const Json& each) { return string_at(each, {"uid"}) == uid_of(owner); }),
                       references.end());
      kit_.update(next);
    }
    release(key_of(kit_.api.registry(), owner), orphan);
  }

  void release(const Key& key, const char* finalizer) {
    const ObjectPtr live = kit_.get(key);
    if (!live) return;
    Json next = *live;
    remove_finalizer(next, finalizer);
    kit_.update(next);
  }

  Kit kit_;
  std::map<std::string, std::set<Key>> dependents_;  // by the owner's UID
  std::map<std::string, Key> waiting_;               // owners deleted in the foreground, by UID
  WorkQueue queue_;
};

}  // namespace

std::unique_ptr<Controller> make_garbage_collector(Api& api, Timers& timers) {
  return std::make_unique<GarbageCollector>(api, timers);
}

}  // namespace kforge::sandbox
