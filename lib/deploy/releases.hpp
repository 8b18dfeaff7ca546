// SPDX-License-Identifier: Apache-2.0
// The releases of a project as Secrets in its state namespace: `kforge.shop.r12` says who, when and how it ended,
// `kforge.shop.r12.p1`, … hold the content, gzipped and cut into pieces that a Secret can take. The number and the
// status are labels, so that the state of a history is known without its content.
#pragma once

#include "deploy/applyset.hpp"
#include "deploy/release.hpp"
#include "deploy/release_content.hpp"
#include "deploy/session.hpp"
#include "render/render.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

inline constexpr std::size_t kept_releases = 10;

// A release record by its labels.
struct ReleaseHead {
  int number = 0;
  ReleaseStatus status = ReleaseStatus::pending;
  std::string uid;
  std::string content{};  // equal for those that deploy the same; empty when it is not known
};
ReleaseHead head_of(const Release& release);
// A piece of the content of a release.
struct ReleasePart {
  int number = 0;  // of the release
  std::string name, uid;
};
struct History {
  std::vector<ReleaseHead> heads;  // newest first
  std::vector<ReleasePart> parts;

  bool settled() const { return heads.empty() || heads.front().status == ReleaseStatus::deployed; }
  int next_number() const { return heads.empty() ? 1 : heads.front().number + 1; }
  // The newest one that worked; null when there is none.
  const ReleaseHead* last_good() const;
};
// A LIST of metadata only. `history_of` takes its answer.
kube::ApiRequest history_request(const ApplySet& set);
History history_of(Json list);

// All releases, newest first.
std::vector<Release> read_releases(Session& session, const ApplySet& set);
// Throws Error{not_found} that names those that are there.
Release read_release(Session& session, const ApplySet& set, int number);
// Throws Error{not_found} when pieces of it are gone or damaged.
ReleaseContent read_content(Session& session, const ApplySet& set, const Release& release);

// Stores the content first: a record that exists is complete. Throws Error{conflict} when another run has just taken
// the number.
void create_release(Session& session, const ApplySet& set, Release& release, const std::string& content);
// Status and everything else that is known at the end.
void update_release(Session& session, const ApplySet& set, const Release& release);
void set_status(Session& session, const ApplySet& set, int number, ReleaseStatus status);
// Deletes the oldest beyond kept_releases, but never the last one that worked and the last one before it that worked
// and is not the same; and pieces that belong to no record.
void trim_releases(Session& session, const ApplySet& set, const History& history);

}  // namespace kforge::deploy
