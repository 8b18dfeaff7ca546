// SPDX-License-Identifier: Apache-2.0
// Inside of Client: requests under way, watches, and the timers of both.
#pragma once

#include "kube/client.hpp"
#include "kube/credentials.hpp"
#include "kube/discovery.hpp"
#include "kube/jitter.hpp"
#include "kube/retry.hpp"
#include "kube/stream.hpp"
#include "kube/watch.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kforge::kube {

// One ApiRequest with all of its attempts and pages.
struct Call final : http::Handler {
  Call(ClientState& state, RequestId number, ApiRequest asked, ApiReply answer)
      : owner(state), id(number), request(std::move(asked)), reply(std::move(answer)), path(request.path) {}
  void on_done(http::Completion completion) override;
  bool is_write() const { return request.method != "GET"; }

  ClientState& owner;
  RequestId id;
  ApiRequest request;
  ApiReply reply;
  std::string path;           // of the page that is asked for next
  std::optional<Json> pages;  // items so far
  int attempts = 0;
  std::optional<Clock::time_point> started;  // the first attempt
  http::TransferId transfer = 0;             // 0: not in flight
  std::uint64_t generation = 0;              // of the credentials it carried
  bool renewed = false;                      // already sent again after a 401
  std::optional<Error> credential_error;     // of the attempt to get other credentials
};

struct ClientState {
  ClientState(http::Transport& http, ClusterAccess access, CredentialSources sources);

  RequestId send(ApiRequest request, ApiReply reply);
  RequestId watch(WatchRequest request, WatchHandler& handler);
  RequestId stream(ApiRequest request, StreamHandler& handler);
  void retire_stream(RequestId id);
  void cancel(RequestId id) noexcept;
  void wait(Clock::time_point until);

  // Requests: queue, flight, end.
  void pump();
  bool start_next(std::deque<RequestId>& queue);
  void start(Call& call);
  void leave_flight(Call& call);
  void finished(Call& call, http::Completion completion);
  bool asks_for_more(Call& call, Json& body);
  bool tries_again(Call& call, Outcome& outcome, const http::Response& response);
  std::optional<Error> error_of(const Call& call, const http::Completion& completion, const Json& body) const;
  bool renewed_after_401(Call& call);
  void retry_later(Call& call, const NextTry& next);
  bool follow_pages(Call& call, Json& body);
  bool restart_unpaged(Call& call, int status);
  void requeue(Call& call);
  void finish(RequestId id, ApiResult result);

  // What every answer tells, whatever became of the request.
  void note_answer(const http::Response& response);
  void note_wait(const std::string& why);
  Milliseconds since(Clock::time_point start) const;

  void run_timers();
  bool deliver_failed();
  Clock::time_point next_due() const;

  http::Transport& transport;
  const Clock& clock;
  Credentials credentials;
  Jitter jitter;
  DiscoveredKinds discovered;
  RequestId last_id = 0;
  std::map<RequestId, std::unique_ptr<Call>> calls;
  std::map<RequestId, std::unique_ptr<Watch>> watches;
  std::map<RequestId, std::unique_ptr<BodyStream>> streams;
  std::vector<std::unique_ptr<Watch>> cancelled;  // may still be on the stack; freed by the next outermost wait()
  std::vector<std::unique_ptr<BodyStream>> ended_streams;  // the same
  std::deque<RequestId> reads, writes;                     // waiting for a place in flight
  std::multimap<Clock::time_point, RequestId> retries;
  std::map<RequestId, Error> failed;              // could not even be sent; answered by the next wait()
  std::map<RequestId, Error> failed_streams;      // the same
  std::optional<Clock::time_point> paused_until;  // Retry-After: nobody sends meanwhile
  std::size_t in_flight = 0, writes_in_flight = 0, sent = 0;
  bool contacted = false;  // the server has answered at least once
  int wait_depth = 0;
  std::vector<std::string> warnings, notices;
  std::set<std::string> seen_warnings;
  std::string last_notice;
};

// 2xx, and not a Status that says Failure.
bool is_success(const http::Completion& completion, const Json& body);
// The body as JSON, null when it is none.
Json parse_body(const std::string& body);

}  // namespace kforge::kube
