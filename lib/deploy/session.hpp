// SPDX-License-Identifier: Apache-2.0
// What the parts of one run share: the cluster, the clock, the time budget, and the one way to tell something.
#pragma once

#include "deploy/deploy.hpp"
#include "deploy/masker.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

namespace kforge::deploy {

// What a run may write for only while it lives: the deploy lock.
struct Lifeline {
  virtual ~Lifeline() = default;
  // Called whenever the session waits. Throws when it is lost.
  virtual void keep() = 0;
  // Called before every request that writes. Throws when it is lost.
  virtual void check() const = 0;
};

class Session {
 public:
  Session(const Context& context, std::chrono::milliseconds budget);

  kube::Client& client() { return context_.client; }
  const project::Project& project() const { return context_.project; }
  const Origin& origin() const { return context_.origin; }
  Masker& masker() { return masker_; }
  Clock::time_point now() const { return context_.clock.now(); }
  // The server's clock, as far as answers have told.
  WallTime server_now() const { return context_.clock.wall_time() + server_ahead_; }
  void note_server_time(WallTime server_time);
  Clock::time_point deadline() const { return deadline_; }
  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  void extend_deadline(Clock::time_point deadline) { deadline_ = std::max(deadline_, deadline); }
  std::chrono::milliseconds elapsed() const;
  // From now on writes need it; null: nothing does. It has to end before the session.
  void live_on(Lifeline* lifeline) { lifeline_ = lifeline; }
  // Throws when a write is not allowed any more.
  void check_lifeline() const;

  // Tells the observer, with every known secret masked.
  void emit(Event event);
  // Lets the network work until something happened, at the latest until `until`; ticks and warnings go to the observer.
  // Throws Error{interrupted|terminated} when a signal arrives.
  void pump(Clock::time_point until);
  // Pumps until `done` says so, and no longer than the budget; says whether it was done. `wake` names the next time at
  // which `done` wants to be asked even if nothing happens.
  using Done = std::function<bool()>;
  using Wake = std::function<std::optional<Clock::time_point>()>;
  bool run_until(const Done& done, const Wake& wake = nullptr);

 private:
  void tell_warnings();
  Context context_;
  Masker masker_;
  Clock::time_point started_, deadline_, last_tick_;
  std::chrono::microseconds server_ahead_{0};
  Lifeline* lifeline_ = nullptr;
};

// Requests of one scope: what is still open when the scope ends is cancelled, so that no reply outlives its receiver.
class RequestGroup {
 public:
  // `anyway`: also without the session's lifeline, which is for the lifeline itself.
  enum class Writes { alive, anyway };
  explicit RequestGroup(Session& session, Writes writes = Writes::alive) : session_(session), writes_(writes) {}
  ~RequestGroup();
  RequestGroup(const RequestGroup&) = delete;
  RequestGroup& operator=(const RequestGroup&) = delete;

  // The reply comes while the session pumps. Throws when it writes and the session's lifeline is lost.
  void send(kube::ApiRequest request, kube::ApiReply reply);
  std::size_t open() const { return open_.size(); }
  // Waits for every reply, also for those of requests that replies send. Throws Error{timed_out} when the budget ends
  // first; `what` completes "no answer while …".
  void finish(const std::string& what);

 private:
  Session& session_;
  Writes writes_;
  std::map<std::uint64_t, kube::RequestId> open_;
  std::uint64_t next_ = 0;
};

// The error for a failed request: what it was about in front of the server's words.
Error failure_of(const kube::ApiResult& result, const std::string& what);

}  // namespace kforge::deploy
