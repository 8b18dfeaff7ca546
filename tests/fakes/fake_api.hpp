// SPDX-License-Identifier: Apache-2.0
// FakeCluster: a small Kubernetes API in memory behind http::Transport, on a FakeClock. It serves what kforge asks of a
// server (get, list, watch, create, server-side apply, patches, delete, dry run, Status errors) and plays the
// controllers only as far as a test scripts them. Kinds and paths come from the schema table. Deterministic: uids,
// resource versions and times count up from fixed starts. Scripts of FakeTransport (on, always, respond) come before
// the cluster's answers.
#pragma once

#include "kube/kubeconfig.hpp"
#include "schema/field_set.hpp"
#include "schema/schema.hpp"
#include "tests/fakes/fake_transport.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kforge::tests {

// A request line of the Kubernetes API, taken apart.
struct ApiCall {
  std::string verb;  // RBAC's word: get list watch create update patch delete; "" for paths outside of the resources
  std::string group, version, plural, name_space, name, subresource;
  std::map<std::string, std::string> query;
  bool dry_run() const;
  bool apply = false;  // a patch by server-side apply
  std::string query_or(const std::string& key, const std::string& fallback = {}) const;
};

// How often clients wrote; dry runs count apart.
struct WriteCounts {
  int creates = 0, updates = 0, unchanged = 0, deletes = 0;  // by what happened to the object
  int dry_runs = 0;
  int total() const { return creates + updates + unchanged + deletes; }  // write requests that were no dry run
};

class FakeCluster final : public FakeTransport {
 public:
  explicit FakeCluster(FakeClock& clock);
  // How a Client reaches it: context "test", user "tester".
  kube::ClusterAccess access() const;
  Milliseconds latency{1};  // of every answer

  // --- what stands in the cluster; kinds by name: "Deployment" ---
  std::optional<Json> find(const std::string& kind, const std::string& name_space, const std::string& name) const;
  std::vector<Json> all(const std::string& kind) const;
  // Creates or replaces as a controller would: watches see it, no write is counted. Fills in uid, versions, generation.
  void put(Json object);
  // Changes an object that exists; throws when it does not.
  using Edit = std::function<void(Json& object)>;
  void edit(const std::string& kind, const std::string& name_space, const std::string& name, const Edit& change);
  void set_status(const std::string& kind, const std::string& name_space, const std::string& name, const Json& status);
  void remove(const std::string& kind, const std::string& name_space, const std::string& name);
  // The text of GET pods/NAME/log, for a container (empty: every container) and for `previous=true`.
  void set_log(const std::string& name_space, const std::string& pod, const std::string& text, bool previous = false);

  // --- reactions: what controllers do after a client's write ---
  using Reaction = std::function<void(FakeCluster& cluster, const Json& object)>;
  // After every create or change by a client of an object of the kind (and name, unless empty), at +delay.
  void when_written(const std::string& kind, const std::string& name, Milliseconds delay, Reaction reaction);
  void when_deleted(const std::string& kind, const std::string& name, Milliseconds delay, Reaction reaction);
  // Deployments, StatefulSets, DaemonSets, Jobs, PVCs and CRDs get the status of success `delay` after each change of
  // their spec. Objects named in `except` do not.
  void make_ready_after(Milliseconds delay, std::set<std::string> except = {});

  // --- faults ---
  // Request number `index` (from 0) gets this answer instead.
  void fault(std::size_t index, Reply reply);
  // 403 in the server's words for a verb on a resource; empty name_space: everywhere.
  void forbid(const std::string& verb, const std::string& plural, const std::string& name_space = {});
  // Writes of the object are refused with this answer (dry runs too) until accept().
  void refuse(const std::string& kind, const std::string& name, Reply reply);
  void accept(const std::string& kind, const std::string& name);
  // Forgets the history: watches and list continuations from older versions get 410.
  void compact();
  enum class Gone { as_event, as_http_status };
  Gone gone = Gone::as_event;
  void end_watches(http::Failure failure = http::Failure::none);
  void send_bookmarks();
  // Text of a `Warning: 299` header on every write of the kind.
  void warn(const std::string& kind, const std::string& text);

  const WriteCounts& writes() const { return writes_; }
  std::size_t open_watches() const { return watches_.size(); }
  std::uint64_t resource_version() const { return version_; }

  // A kind that the schema table does not know, served with discovery at /apis/G/V.
  struct CustomKind {
    std::string group, version, kind, plural;
    bool namespaced = true;
  };
  void serve(const CustomKind& kind);

 protected:
  std::optional<Reply> answer(http::TransferId id, const Received& received) override;

 private:
  // One kind as the store sees it, of the table or custom.
  struct Served {
    std::string group, version, kind, plural;
    bool namespaced = true;
    const schema::Kind* known = nullptr;  // null for custom kinds
    std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  };
  struct Key {
    std::string group, plural, name_space, name;
    auto operator<=>(const Key&) const = default;
  };
  struct Change {
    std::uint64_t version;
    Key key;
    std::string type;    // ADDED, MODIFIED, DELETED
    Json before, after;  // before is null for ADDED
  };
  struct Watch {
    http::TransferId id;
    ApiCall call;
  };
  struct ReactionRow {
    std::string kind, name, event;
    Milliseconds delay;
    Reaction reaction;
  };
  struct Denial {
    std::string verb, plural, name_space;
  };

  const Served* served(const ApiCall& call) const;
  const Served& served_kind(const std::string& kind) const;
  std::optional<ApiCall> parse(const http::Request& request) const;
  Reply dispatch(http::TransferId id, const ApiCall& call, const Received& received);
  Reply read(const ApiCall& call, const Served& kind) const;
  Reply list(const ApiCall& call, const Served& kind) const;
  Reply start_watch(http::TransferId id, const ApiCall& call, const Served& kind);
  Reply write(const ApiCall& call, const Served& kind, const Received& received);
  Reply write_object(const ApiCall& call, const Served& kind, const Received& received, std::optional<Json> before);
  std::optional<Reply> precondition_failed(const ApiCall& call, const Served& kind, const Json& body,
                                           const std::optional<Json>& before) const;
  Reply commit(const ApiCall& call, const Served& kind, Json after, const std::optional<Json>& before);
  Reply remove_object(const ApiCall& call, const Served& kind, const Received& received);
  Reply start_dying(const Key& key, const Served& kind);
  void orphan(const std::string& uid);
  Reply access_review(const Received& received) const;
  Reply discovery(const std::string& path) const;
  Reply pod_log(const ApiCall& call, const Received& received) const;
  std::optional<Reply> denied(const ApiCall& call, const Served& kind) const;
  std::optional<Reply> refused(const Served& kind, const ApiCall& call) const;
  Json scale_of(const Json& object) const;
  Json with_server_fields(const Served& kind, Json object, const std::optional<Json>& before);
  void store(const Served& kind, Json object);
  void erase(const Key& key);
  void publish(Change change);
  void notify(const Watch& watch, const Change& change);
  void react(const Served& kind, const Json& object, const std::string& event);
  void empty_namespace(const std::string& name_space);
  std::string line(const std::string& type, const Json& object) const;
  Json bookmark(const ApiCall& call) const;

  std::vector<Served> kinds_;
  std::map<Key, Json> objects_;
  std::vector<Change> history_;
  std::vector<Watch> watches_;
  std::vector<ReactionRow> reactions_;
  std::vector<Denial> denials_;
  std::map<std::size_t, Reply> faults_;
  std::map<std::pair<std::string, std::string>, Reply> refusals_;
  std::map<std::string, std::string> warnings_, logs_;
  WriteCounts writes_;
  std::uint64_t version_ = 1000, compacted_ = 0, uids_ = 0;
  http::Connection connection_;
};

// Whether labels or fields match a selector: "a=b,c!=d,e in (f,g),h,!i"; the fields of an object by dotted path.
bool matches_labels(const Json& object, std::string_view selector);
bool matches_fields(const Json& object, std::string_view selector);

}  // namespace kforge::tests
