// SPDX-License-Identifier: Apache-2.0
#include "deploy/replacement.hpp"

#include "deploy/claims.hpp"
#include "deploy/remover.hpp"

#include <fmt/format.h>

namespace kforge::deploy {
namespace {

constexpr std::chrono::milliseconds look_again{200};

bool same_uid(const Json& object, const Change& change) {
  return kube::uid_of(object) == kube::uid_of(*change.live);
}

// The last state of the object, or null when it is gone.
Json read(Session& session, const Change& change) {
  Json live;
  std::optional<Error> failure;
  RequestGroup group(session);
  group.send(kube::get_request(*change.kind, change.ref), [&](kube::ApiResult result) {
    if (result.ok() && same_uid(result.body, change)) live = std::move(result.body);
    if (!result.ok() && !result.not_found()) failure = *result.error;
  });
  group.finish(fmt::format("waiting for the end of {}", change.ref.to_string()));
  if (failure) throw *failure;
  return live;
}

void await_end(Session& session, const Change& change) {
  for (Json live = read(session, change); !live.is_null(); live = read(session, change)) {
    if (session.now() >= session.deadline()) {
      const std::string holds = what_holds(live);
      throw Error(ErrorKind::timed_out, fmt::format("{} does not go away", change.ref.to_string()))
          .why(holds)
          .hint("when it is gone, run `kforge up` again: it is created then");
    }
    const Clock::time_point until = std::min(session.now() + look_again, session.deadline());
    while (session.now() < until) session.pump(until);
  }
}

}  // namespace

void make_room(Session& session, const Change& change) {
  grow_claims(session, change.claims);
  std::optional<Error> failure;
  RequestGroup group(session);
  group.send(kube::delete_request(*change.kind, change.ref, kube::uid_of(*change.live), *change.replace),
             [&](const kube::ApiResult& result) {
               // 409: somebody made another one, which the apply will find.
               if (!result.ok() && !result.not_found() && result.status != 409) failure = *result.error;
             });
  group.finish(fmt::format("removing {}", change.ref.to_string()));
  if (failure) throw *failure;
  await_end(session, change);
}

}  // namespace kforge::deploy
