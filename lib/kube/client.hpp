// SPDX-License-Identifier: Apache-2.0
// The Kubernetes API over one transport: requests with retries where they are safe, lists, watches, errors in words.
#pragma once

#include "base/error.hpp"
#include "http/transport.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/object.hpp"
#include "os/clock.hpp"
#include "os/process_runner.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kforge::kube {

// Whether a request may be sent again when its outcome is unknown (deploy-engine §4.7).
enum class Replay { safe, unsafe };

struct ApiRequest {
  std::string method = "GET";
  std::string path;
  std::string content_type;  // of the body
  std::string accept = "application/json";
  std::string body;
  Replay replay = Replay::safe;     // GET, server-side apply and DELETE with a UID precondition are safe
  std::optional<ObjectRef> object;  // for messages; the content of a Secret never reaches one
  bool follow_pages = false;        // of a list with `limit`: the reply holds the items of all pages
  std::chrono::milliseconds timeout{60'000};
};

// What came back: a JSON document with 2xx (or a text, when `accept` asked for no JSON), or a Status.
struct ApiResult {
  int status = 0;                       // HTTP code; 0 when there was no answer
  Json body;                            // the object, list, Status or text
  std::optional<Error> error;           // set when the request did not succeed, in words for people
  std::optional<WallTime> server_time;  // Date header
  int attempts = 1;

  bool ok() const { return !error.has_value(); }
  bool not_found() const { return status == 404; }
  std::string reason() const;  // Status.reason
};

using ApiReply = std::function<void(ApiResult)>;

enum class WatchEvent { added, modified, deleted };

// A list that is kept current: LIST, then WATCH from its version, with bookmarks, reconnects, and relist on 410.
struct WatchRequest {
  const schema::Kind* kind = nullptr;
  std::string name_space;  // empty: cluster scope or all namespaces
  std::string label_selector, field_selector;
};
struct WatchHandler {
  virtual ~WatchHandler() = default;
  // The complete state, at first and after every relist (what is gone since then was deleted).
  virtual void on_list(std::vector<Json> objects) = 0;
  virtual void on_event(WatchEvent event, Json object) = 0;
  // The watch cannot go on (401, 403, 404); no further calls.
  virtual void on_failed(const Error& error) = 0;
};

// A body that is handed over as it comes, such as a log that is followed, on a connection of its own. The handler
// decides about another try; only credentials are renewed here.
struct StreamEnd {
  int status = 0;              // HTTP code; 0 when there was no answer
  std::optional<Error> error;  // empty when the server ended it after a 2xx
};
struct StreamHandler {
  virtual ~StreamHandler() = default;
  // Return false to get nothing more (the end neither) until Client::resume().
  virtual bool on_bytes(std::string_view bytes) = 0;
  virtual void on_end(const StreamEnd& end) = 0;
};

using RequestId = std::uint64_t;

class DiscoveredKinds;
struct ClientState;
struct Identity;

class Client {
 public:
  Client(http::Transport& transport, const Clock& clock, ProcessRunner& processes, ClusterAccess access,
         const Environment& environment, bool input_is_terminal);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Starts a request; the reply is called from wait(), never from here. At most 32 short requests are in flight.
  RequestId send(ApiRequest request, ApiReply reply);
  void cancel(RequestId id) noexcept;
  // Runs until `until` or until something happened; drives retries and watches.
  void wait(Clock::time_point until);
  // send() and wait() for the answer.
  ApiResult call(ApiRequest request);

  // The handler outlives the watch. List results come as on_list.
  RequestId watch(WatchRequest request, WatchHandler& handler);

  // A GET; the handler outlives it or cancels it. No further call comes after on_end().
  RequestId stream(ApiRequest request, StreamHandler& handler);
  void resume(RequestId id);
  // Makes wait() return when an output is ready, see http::Transport.
  void watch_output(OutputWatch watch);

  const ClusterAccess& access() const;
  // Who requests go out as, for connections that are no requests (kube/credentials.hpp); it may run the plugin.
  Identity identity();
  // After a 401 to such a connection: see Credentials::renew().
  bool renew_identity(std::uint64_t generation);
  // Texts of `Warning: 299` headers not yet fetched; each text once per run.
  std::vector<std::string> take_warnings();
  // Lines for people who wait: "waiting for https://…: it refuses connections". Each wait is told once, after 3 s.
  std::vector<std::string> take_notices();
  // HTTP requests sent so far, attempts and watches included, for -v and tests.
  std::size_t requests_sent() const;
  // Further signals do not throw any more: for the clean-up after an interrupt.
  void ignore_signals();
  // Kinds learnt by discovery; see resolve_kind().
  DiscoveredKinds& discovered_kinds();

 private:
  std::unique_ptr<ClientState> state_;
};

// --- requests for the usual verbs; paths come from the schema table ---
enum class DryRun { no, server };
struct ApplyOptions {
  std::string field_manager = "kforge";
  bool force = false;
  DryRun dry_run = DryRun::no;
};
// A kind the table does not know is looked up by discovery once per client. Throws Error{rejected} "no such kind".
const schema::Kind& resolve_kind(Client& client, const schema::KindName& name);
ApiRequest get_request(const schema::Kind& kind, const ObjectRef& object);
ApiRequest list_request(const schema::Kind& kind, const std::string& name_space, const std::string& label_selector);
ApiRequest apply_request(const schema::Kind& kind, const Json& object, const ApplyOptions& options);
ApiRequest merge_patch_request(const schema::Kind& kind, const ObjectRef& object, const Json& patch,
                               const std::string& field_manager);
enum class Propagation { background, foreground, orphan };
ApiRequest delete_request(const schema::Kind& kind, const ObjectRef& object, const std::string& uid,
                          Propagation propagation);

// One field that another manager owns (409 with FieldManagerConflict causes, deploy-engine §4.2).
struct FieldConflict {
  std::string field, manager;
};
std::vector<FieldConflict> conflicts_of(const ApiResult& result);

// The items of a List, apiVersion and kind filled in from the list when the server left them out.
std::vector<Json> items_of(Json list);

}  // namespace kforge::kube
