// SPDX-License-Identifier: Apache-2.0
// The sandbox's etcd: objects with one revision counter, a bounded history for watches, kept in SQLite (WAL).
#pragma once

#include "base/json.hpp"
#include "schema/schema.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kforge::sandbox {

using Revision = std::uint64_t;
using ObjectPtr = std::shared_ptr<const Json>;  // shared between the store, watchers and controllers; never changed

// One stored resource type: "pods", "deployments.apps", "widgets.example.com".
std::string resource_id(std::string_view group, std::string_view plural);

struct Key {
  std::string resource;    // resource_id()
  std::string name_space;  // empty for cluster scope
  std::string name;
  auto operator<=>(const Key&) const = default;
};

struct Change {
  enum class Type { added, modified, deleted };
  Type type = Type::added;
  Key key;
  Revision revision = 0;
  ObjectPtr object;  // the new state; of a deletion the last state, with the deletion's resourceVersion
  ObjectPtr before;  // null for added
};

class Store {
 public:
  // Opens or makes the database file; ":memory:" for tests. Throws Error{internal} when it cannot.
  explicit Store(const std::string& path, std::size_t history = 10'000);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Revision revision() const;
  ObjectPtr get(const Key& key) const;
  // In key order; name_space empty: all. `after` continues behind that key.
  std::vector<ObjectPtr> list(const std::string& resource, const std::string& name_space) const;

  // Write the object with the next revision as its metadata.resourceVersion; committed when it returns, then announced
  // to the subscribers. The caller has checked preconditions (one thread: nothing comes between).
  ObjectPtr put(const Key& key, Json object);
  void remove(const Key& key);

  // Called after each committed change, in order, from put() and remove().
  using Subscriber = std::function<void(const Change&)>;
  using SubscriberId = std::uint64_t;
  SubscriberId subscribe(Subscriber subscriber);
  void unsubscribe(SubscriberId id);

  // Changes after `since`, oldest first; empty optional when that revision is compacted (HTTP 410 Expired).
  std::optional<std::vector<Change>> changes_since(Revision since) const;
  // Drops the history up to now: the fault "watch 410".
  void compact();

  // While it lives, reads answer what stood at an earlier revision, as far as the history goes back: stale reads.
  class View {
   public:
    View(Store& store, Revision revision);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;

   private:
    Store& store_;
    std::map<Key, ObjectPtr> kept_;
    Revision kept_revision_;
  };

  // Small values beside the objects: "port", "created", the sandbox's settings.
  std::optional<std::string> setting(const std::string& name) const;
  void set_setting(const std::string& name, const std::string& value);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kforge::sandbox
