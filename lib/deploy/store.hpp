// SPDX-License-Identifier: Apache-2.0
// The live objects of a stage as the watches report them, with what belongs together found in constant time.
#pragma once

#include "kube/object.hpp"
#include "rollout/verdict.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace kforge::deploy {

class Store {
 public:
  // Which watch an object comes from: a complete list replaces what the same source knew before.
  using Source = const void*;
  void replace(Source source, std::vector<Json> objects);
  void put(Source source, Json object);
  void remove(const std::string& uid);

  // The object of that identity, or nullptr. It stays where it is until it is put again or removed.
  const Json* find(const kube::ObjectRef& ref) const;
  const Json* find_uid(const std::string& uid) const;
  // How an object that was removed looked at the end, or nullptr; not kept for pods and what else comes and goes.
  const Json* last_state(const kube::ObjectRef& ref) const;
  // What judging the object needs to see.
  rollout::Surroundings around(const Json& live) const;
  // Identities of objects for which something around them changed since the last call, themselves included.
  std::set<kube::ObjectRef> take_touched();

 private:
  struct Entry {
    Json object;
    kube::ObjectRef ref;
    Source source;
  };
  using Uids = std::set<std::string>;

  void index(const Entry& entry, bool present);
  void touch(const Entry& entry);
  void touch_owners(const std::string& uid);
  void touch_kind(const std::string& name_space, const std::string& kind);
  void touch_workloads();
  void touch_services_of(const Entry& workload);
  void add_family(const std::string& uid, rollout::Surroundings& around) const;
  void add_kind(const std::string& name_space, const std::string& kind, std::vector<const Json*>& out) const;
  void add_events(const std::string& uid, rollout::Surroundings& around) const;
  void add_targets(const Json& service, const kube::ObjectRef& ref, rollout::Surroundings& around) const;

  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;  // by uid
  std::map<kube::ObjectRef, std::string> by_ref_;
  std::unordered_map<std::string, Uids> children_, events_;               // by owner's and involved object's uid
  std::map<std::pair<std::string, std::string>, Uids> by_kind_, slices_;  // namespace with kind, and with service name
  std::map<Source, Uids> by_source_;
  std::map<kube::ObjectRef, Json> removed_;
  std::set<kube::ObjectRef> touched_;
};

}  // namespace kforge::deploy
