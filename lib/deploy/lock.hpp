// SPDX-License-Identifier: Apache-2.0
// The deploy lock: one Lease for each project, held by heartbeats. A verb that writes takes it like this:
//
//   Lock lock(session, set, {.operation = "scale"}, options);
//   lock.acquire();
//   …  // every write of the session is refused from the moment the lock is lost
//
// The end of the scope releases it. Expiry of somebody else's lock is judged by how long its record has not changed on
// the own clock, so that clocks never have to agree (as in client-go's leader election; deploy-engine §7).
#pragma once

#include "deploy/lock_record.hpp"
#include "deploy/session.hpp"

#include <optional>
#include <string>

namespace kforge::deploy {

inline constexpr std::chrono::seconds lock_duration{60};

class Lock final : public Lifeline {
 public:
  // Whether somebody else may have changed the project since look().
  enum class Met { nobody, others };

  // by, url and process are filled in from the session's origin.
  Lock(Session& session, const ApplySet& set, LockNote note, const LockOptions& options);
  ~Lock() override { release(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // Sends the question how the lock stands, so that it is answered beside others.
  void look();
  // Throws Error{lock_held} that shows the holder, Error{forbidden} when the account may not use Leases.
  Met acquire();
  // Never throws. Nothing when it is not held.
  void release() noexcept;
  bool held() const { return held_; }
  // Deletes the Lease itself, for a project that is gone. Nothing when it is not held. An account that may not delete
  // it frees it, with a warning, and gets false.
  bool remove();
  // Frees it when look() has seen that a run which has certainly ended left it behind.
  void sweep();
  // Stops the heartbeats and leaves the lock in place.
  void leave();
  // Shown to others from the next heartbeat on.
  void set_revision(const std::string& revision) { own_.note.revision = revision; }

  // Lifeline: heartbeats, and the refusal to write without the lock.
  void keep() override;
  void check() const override;

 private:
  using Time = Clock::time_point;
  kube::ApiResult ask(kube::ApiRequest request);
  void read();
  void saw(const LockRecord& record);
  bool try_take();
  bool is_expired() const;
  bool holder_has_ended() const;
  bool looks_abandoned() const;
  void await_holder(Time until);
  void nap(Time until);
  void beat();
  void on_beat(const kube::ApiResult& result, Time sent);
  void check_holder();
  void lose(std::string why);
  LockRecord fresh_record() const;
  Error held_by_other() const;

  Session& session_;
  ApplySet set_;
  LockOptions options_;
  LockRecord own_;   // as it is written
  LockRecord seen_;  // as it was read last
  std::optional<std::string> first_seen_version_;
  Time seen_at_{};  // when that record was seen first
  bool held_ = false;
  std::string lost_;  // why; empty: it is not
  bool told_ = false;
  Time renewed_{}, next_beat_{};
  std::optional<kube::RequestId> beat_, look_;
  std::optional<Error> look_failure_;
};

// How the lock stands. One GET; throws what the server answers.
LockRecord read_lock(Session& session, const ApplySet& set);
// Locks the project until somebody unlocks it. Throws Error{lock_held}.
LockRecord lock_by_hand(Session& session, const ApplySet& set, const std::string& message);
enum class Force { no, yes };
// Frees the lock that `found` describes: one taken by hand at once, that of a run only when it is dead or with
// Force::yes. Throws Error{lock_held} when a run is alive, Error{conflict} when the lock changed hands meanwhile.
void unlock(Session& session, const ApplySet& set, const LockRecord& found, Force force);

}  // namespace kforge::deploy
