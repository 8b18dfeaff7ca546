// SPDX-License-Identifier: Apache-2.0
#include "deploy/lock.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kforge::deploy {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds beat_every{15}, beat_again{2};
// Writes stop this long after the last heartbeat: before anybody else may take the lock over.
constexpr std::chrono::seconds write_limit{40};
constexpr std::chrono::seconds look_every{2}, release_patience{5}, beat_timeout{10};
constexpr int take_attempts = 5;

const schema::Kind& lease_kind() {
  return *schema::Table::embedded().find(schema::kind_name("coordination.k8s.io/v1", "Lease"));
}

kube::ApiRequest write_request(const ApplySet& set, const LockRecord& record) {
  const kube::ObjectRef ref = lock_lease(set);
  kube::ApiRequest request = kube::get_request(lease_kind(), ref);
  request.method = record.exists() ? "PUT" : "POST";
  if (!record.exists()) request.path = schema::collection_path(lease_kind(), ref.name_space);
  request.path += "?fieldManager=kforge-lock";
  request.content_type = "application/json";
  request.body = to_text(lock_manifest(set, record));
  request.replay = kube::Replay::unsafe;  // whoever sends it reads back instead
  request.timeout = beat_timeout;
  return request;
}

// Of the Lease as it stands in the record, so that nobody's lock goes who came in between.
kube::ApiRequest removal_request(const ApplySet& set, const LockRecord& record) {
  kube::ApiRequest request = kube::delete_request(lease_kind(), lock_lease(set), "", kube::Propagation::background);
  request.body = to_text({{"kind", "DeleteOptions"},
                          {"apiVersion", "v1"},
                          {"preconditions", {{"resourceVersion", record.resource_version}}}});
  request.timeout = beat_timeout;
  return request;
}

Error not_allowed(const ApplySet& set, const kube::ApiResult& result) {
  Error error = failure_of(result, "cannot use the deploy lock");
  if (result.status == 403)
    error.advice = fmt::format(
        "grant get, create and update on leases (coordination.k8s.io) in namespace '{}', or deploy with --no-lock",
        set.name_space);
  return error;
}

}  // namespace

Lock::Lock(Session& session, const ApplySet& set, LockNote note, const LockOptions& options)
    : session_(session), set_(set), options_(options) {
  const Origin& origin = session.origin();
  own_.note = std::move(note);
  own_.note.by = origin.by();
  own_.note.url = origin.url;
  own_.note.process = origin.process;
  own_.holder = fmt::format("{}:{}", origin.by(), random_alphanumeric(12));
  own_.duration_seconds = lock_duration.count();
}

void Lock::look() {
  if (!options_.use) return;
  look_ = session_.client().send(kube::get_request(lease_kind(), lock_lease(set_)), [this](kube::ApiResult result) {
    look_.reset();
    if (result.ok() || result.not_found())
      saw(lock_record_of(result.ok() ? result.body : Json()));
    else
      look_failure_ = not_allowed(set_, result);
  });
}

kube::ApiResult Lock::ask(kube::ApiRequest request) {
  kube::ApiResult answer;
  RequestGroup group(session_, RequestGroup::Writes::anyway);
  group.send(std::move(request), [&answer](kube::ApiResult result) { answer = std::move(result); });
  group.finish("taking the deploy lock");
  return answer;
}

void Lock::read() {
  const kube::ApiResult result = ask(kube::get_request(lease_kind(), lock_lease(set_)));
  if (!result.ok() && !result.not_found()) throw not_allowed(set_, result);
  saw(lock_record_of(result.ok() ? result.body : Json()));
}

void Lock::saw(const LockRecord& record) {
  if (!first_seen_version_) first_seen_version_ = record.resource_version;
  if (record.resource_version != seen_.resource_version || seen_at_ == Time{}) seen_at_ = session_.now();
  seen_ = record;
}

Lock::Met Lock::acquire() {
  if (!options_.use || held_) return Met::nobody;
  if (!session_.run_until([this] { return !look_; }))
    throw Error(ErrorKind::timed_out, "no answer from the cluster while taking the deploy lock");
  if (look_failure_) throw Error(*look_failure_);
  if (!first_seen_version_) read();
  bool took_over = false;
  const Time started = session_.now();
  const Time deadline = session_.deadline();
  session_.extend_deadline(started + options_.wait + lock_duration);
  for (int attempt = 0; attempt < take_attempts;) {
    if (!seen_.is_free() && !is_expired()) {
      await_holder(started + options_.wait);
      continue;
    }
    took_over = took_over || !seen_.is_free();
    if (!seen_.is_free())
      session_.emit(WarningText{fmt::format("took over the deploy lock of {}: it is dead", describe_holder(seen_))});
    const bool undisturbed = seen_.resource_version == first_seen_version_ && !took_over;
    if (try_take()) {
      session_.set_deadline(deadline + (session_.now() - started));  // waiting for others is not the run's own time
      return undisturbed ? Met::nobody : Met::others;
    }
    ++attempt;
  }
  throw held_by_other();
}

// False when somebody else was quicker; `seen_` is current then.
bool Lock::try_take() {
  const LockRecord wanted = fresh_record();
  const Time sent = session_.now();
  const kube::ApiResult result = ask(write_request(set_, wanted));
  if (result.ok()) {
    own_ = lock_record_of(result.body);
  } else if (result.status == 0 || result.status == 409 || result.status >= 500) {
    read();
    if (seen_.holder != wanted.holder) return false;
    own_ = seen_;  // only the answer was lost
  } else if (result.not_found()) {
    return true;  // no namespace, nothing in it to trample
  } else {
    throw not_allowed(set_, result);
  }
  held_ = true;
  renewed_ = sent;
  next_beat_ = sent + beat_every;
  session_.live_on(this);
  return true;
}

LockRecord Lock::fresh_record() const {
  LockRecord record = own_;
  record.resource_version = seen_.resource_version;
  record.acquired = record.renewed = session_.server_now();
  record.transitions = seen_.transitions + (seen_.exists() ? 1 : 0);
  return record;
}

bool Lock::holder_has_ended() const {
  const auto& has_ended = session_.origin().has_ended;
  return !seen_.note.process.empty() && has_ended && has_ended(seen_.note.process);
}

void Lock::sweep() {
  if (!options_.use || held_ || !session_.run_until([this] { return !look_; })) return;
  if (seen_.is_free() || seen_.is_manual() || !holder_has_ended()) return;
  LockRecord record = seen_;
  record.holder.clear();
  record.duration_seconds = 1;
  ask(write_request(set_, record));  // whoever was quicker holds it now
}

bool Lock::is_expired() const {
  if (seen_.is_free() || seen_.is_manual()) return false;
  if (holder_has_ended()) return true;
  return session_.now() - seen_at_ >= std::chrono::seconds(seen_.duration_seconds);
}

// By the server's clock; enough to look closer, not to take it over.
bool Lock::looks_abandoned() const {
  return !seen_.is_manual() &&
         (!seen_.renewed || session_.server_now() - *seen_.renewed > std::chrono::seconds(seen_.duration_seconds));
}

// Waits until the lock is free or expired. Without leave to wait only for as long as a dead holder takes to expire.
void Lock::await_holder(Time until) {
  const Time expiry = seen_at_ + std::chrono::seconds(seen_.duration_seconds);
  const bool may_wait = session_.now() < until;
  if (!may_wait && !looks_abandoned()) throw held_by_other();
  const std::string holder = seen_.holder;
  session_.emit(WarningText{fmt::format("waiting for the deploy lock: {}", describe_holder(seen_))});
  while (seen_.holder == holder && !is_expired()) {
    if (session_.now() >= until && !looks_abandoned()) throw held_by_other();
    nap(std::min(session_.now() + look_every, seen_.is_manual() ? until : std::max(expiry, session_.now() + 100ms)));
    read();
  }
}

void Lock::nap(Time until) {
  if (!session_.run_until([&] { return session_.now() >= until; }, [&] { return until; })) throw held_by_other();
}

Error Lock::held_by_other() const {
  const std::string how = seen_.is_manual()
                              ? "wait for it with --lock-wait 10m, or free it with `kforge unlock`"
                              : fmt::format(
                                    "wait for it with --lock-wait 10m; a run that is dead loses the lock {} after its "
                                    "last heartbeat, and `kforge unlock` frees it by hand",
                                    format_duration(lock_duration));
  return Error(ErrorKind::lock_held, fmt::format("project '{}' is locked: {}", set_.project, describe_holder(seen_)))
      .why(describe_lock(seen_, session_.server_now()))
      .hint(how);
}

void Lock::keep() {
  if (!held_) return;
  if (lost_.empty() && session_.now() - renewed_ >= write_limit) lose("it could not be renewed in time");
  if (!lost_.empty() && !std::exchange(told_, true)) check();
  if (!lost_.empty()) return;
  if (!beat_ && session_.now() >= next_beat_) beat();
}

void Lock::check() const {
  const bool fresh = session_.now() - renewed_ < write_limit;
  if (!held_ || (lost_.empty() && fresh)) return;
  throw Error(ErrorKind::lock_held, fmt::format("the deploy lock of '{}' was lost: {}", set_.project,
                                                lost_.empty() ? "it could not be renewed in time" : lost_))
      .hint("nothing more was written; when the other run has finished, run the same command again");
}

void Lock::beat() {
  LockRecord record = own_;
  record.renewed = session_.server_now();
  const Time sent = session_.now();
  next_beat_ = sent + beat_again;
  beat_ = session_.client().send(write_request(set_, record), [this, sent](const kube::ApiResult& result) {
    beat_.reset();
    on_beat(result, sent);
  });
}

void Lock::on_beat(const kube::ApiResult& result, Time sent) {
  if (result.ok()) {
    own_ = lock_record_of(result.body);
    renewed_ = sent;
    next_beat_ = sent + beat_every;
  } else if (result.not_found()) {
    lose("somebody deleted it");
  } else if (result.status == 409) {
    check_holder();
  }
}

// Somebody else wrote the Lease, or an answer of ours was lost.
void Lock::check_holder() {
  beat_ = session_.client().send(kube::get_request(lease_kind(), lock_lease(set_)), [this](const kube::ApiResult& now) {
    beat_.reset();
    if (!now.ok()) return;
    const LockRecord record = lock_record_of(now.body);
    if (record.holder == own_.holder)
      own_.resource_version = record.resource_version;
    else
      lose(record.is_free() ? "somebody freed it" : describe_holder(record));
  });
}

void Lock::lose(std::string why) {
  lost_ = std::move(why);
}

bool Lock::remove() {
  if (!held_ || !lost_.empty()) return true;
  if (beat_) session_.client().cancel(*beat_);
  beat_ = std::nullopt;
  for (int attempt = 0; attempt < take_attempts; ++attempt) {
    const kube::ApiResult result = ask(removal_request(set_, own_));
    if (result.status == 403) {
      session_.emit(WarningText{
          fmt::format("{} stays, and is free: this account may not delete it", lock_lease(set_).to_string())});
      release();
      return false;
    }
    if (!result.ok() && !result.not_found() && result.status != 409)
      throw failure_of(result, "cannot delete the deploy lock");
    if (result.status == 409) read();  // a heartbeat whose answer was lost, or somebody else
    if (result.status != 409 || seen_.holder != own_.holder) break;
    own_.resource_version = seen_.resource_version;
  }
  leave();
  return true;
}

void Lock::leave() {
  held_ = false;
  session_.live_on(nullptr);
}

void Lock::release() noexcept {
  if (look_) session_.client().cancel(*look_);
  if (beat_) session_.client().cancel(*beat_);
  look_ = beat_ = std::nullopt;
  if (!held_) return;
  held_ = false;
  session_.live_on(nullptr);
  if (!lost_.empty()) return;
  try {
    session_.client().ignore_signals();
    session_.extend_deadline(session_.now() + release_patience);
    for (int attempt = 0; attempt < take_attempts; ++attempt) {
      LockRecord record = own_;
      record.holder.clear();
      record.duration_seconds = 1;
      const kube::ApiResult result = ask(write_request(set_, record));
      if (result.ok() || result.not_found()) return;
      read();
      if (seen_.holder != own_.holder) return;
      own_.resource_version = seen_.resource_version;
    }
  } catch (...) {  // it expires by itself
  }
}

}  // namespace kforge::deploy
