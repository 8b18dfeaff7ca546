// SPDX-License-Identifier: Apache-2.0
// The lock in the hands of people.
#include "deploy/lock.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

const schema::Kind& lease_kind() {
  return *schema::Table::embedded().find(schema::kind_name("coordination.k8s.io/v1", "Lease"));
}

kube::ApiResult ask(Session& session, kube::ApiRequest request) {
  kube::ApiResult answer;
  RequestGroup group(session);
  group.send(std::move(request), [&answer](kube::ApiResult result) { answer = std::move(result); });
  group.finish("looking at the deploy lock");
  return answer;
}

kube::ApiRequest replace_request(const ApplySet& set, const LockRecord& record) {
  kube::ApiRequest request = kube::get_request(lease_kind(), lock_lease(set));
  request.method = "PUT";
  request.path += "?fieldManager=kforge-lock";
  request.content_type = "application/json";
  request.body = to_text(lock_manifest(set, record));
  request.replay = kube::Replay::unsafe;
  return request;
}

// A run that is gone for certain, or that does not renew its lock while we look.
bool is_dead(Session& session, const ApplySet& set, const LockRecord& found) {
  const Origin& origin = session.origin();
  if (!found.note.process.empty() && origin.has_ended && origin.has_ended(found.note.process)) return true;
  const auto length = std::chrono::seconds(found.duration_seconds);
  if (found.renewed && session.server_now() - *found.renewed <= length) return false;
  session.emit(WarningText{fmt::format("watching for {} whether its holder is alive", format_duration(length))});
  const Clock::time_point until = session.now() + length;
  session.run_until([&] { return session.now() >= until; }, [&] { return until; });
  return read_lock(session, set).resource_version == found.resource_version;
}

}  // namespace

LockRecord read_lock(Session& session, const ApplySet& set) {
  const kube::ApiResult result = ask(session, kube::get_request(lease_kind(), lock_lease(set)));
  if (!result.ok() && !result.not_found()) throw failure_of(result, "cannot read the deploy lock");
  return lock_record_of(result.ok() ? result.body : Json());
}

LockRecord lock_by_hand(Session& session, const ApplySet& set, const std::string& message) {
  Lock lock(session, set,
            {.operation = LockRecord::manual, .by = {}, .message = message, .url = {}, .revision = {}, .process = {}},
            {});
  lock.acquire();
  lock.leave();
  return read_lock(session, set);
}

void unlock(Session& session, const ApplySet& set, const LockRecord& found, Force force) {
  if (found.is_free()) return;
  if (!found.is_manual() && force == Force::no && !is_dead(session, set, found))
    throw Error(ErrorKind::lock_held,
                fmt::format("project '{}' is being deployed: {}", set.project, describe_holder(found)))
        .why(describe_lock(found, session.server_now()))
        .hint("wait until it has finished; `kforge unlock --force` stops it before its next write");
  LockRecord freed = found;
  freed.holder.clear();
  freed.duration_seconds = 1;
  const kube::ApiResult result = ask(session, replace_request(set, freed));
  if (result.status == 409)
    throw Error(ErrorKind::conflict, "the deploy lock changed hands meanwhile, nothing was freed")
        .hint("look again: `kforge lock --show`");
  if (!result.ok() && !result.not_found()) throw failure_of(result, "cannot free the deploy lock");
}

}  // namespace kforge::deploy
