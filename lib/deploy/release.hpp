// SPDX-License-Identifier: Apache-2.0
// What is known about one release of a project: who deployed what when, and how it ended. What it consists of is its
// content (release_content.hpp).
#pragma once

#include "base/duration.hpp"
#include "deploy/events.hpp"
#include "deploy/origin.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::deploy {

// pending: the run that makes it is at work, or was killed; the next run calls it interrupted then.
enum class ReleaseStatus { pending, deployed, failed, interrupted, rolled_back };
std::string_view to_string(ReleaseStatus status);

struct ReleaseChange {
  kube::ObjectRef object;
  std::string action, detail;  // "update", "image v1.0.0 -> v1.1.0"
};
struct ReleaseStage {
  std::string tier;
  std::chrono::milliseconds took{};
};

struct Release {
  int number = 0;
  ReleaseStatus status = ReleaseStatus::pending;
  std::string action = "up";          // or "rollback", or a verb that changes what runs: "scale"
  int brings_back = 0;                // the release that a rollback deploys again
  std::vector<std::string> services;  // of a run for some services only
  std::optional<WallTime> started, finished;
  std::string by, url, commit, branch, tool;
  std::string message;  // of a verb what it was asked for: "order-service=4"
  std::string run;      // unique to the run that made it
  std::string hash;     // of the content: equal for releases that deploy the same
  std::string salt;     // of the digests that stand for secret values; the same for all releases of a project
  std::string failure;  // why it is not deployed
  int parts = 0;        // Secrets that hold the content
  std::vector<ReleaseChange> changes;
  std::vector<ReleaseStage> stages;
  std::map<std::string, std::string> images;  // what ran: "shop/order:v1" -> "shop/order@sha256:…"

  std::optional<std::chrono::milliseconds> took() const;
};

// Everything but the number and the status, which stand in the labels of its Secret.
Json release_json(const Release& release);
Release release_of(int number, ReleaseStatus status, const Json& json);
// Nothing for a text that is none.
std::optional<ReleaseStatus> release_status_of(std::string_view text);

// "r12", as people name it.
std::string release_name(int number);
// "rollback to r3: automatic, as r4 failed", "only order-service: hotfix", "scale order-service=4"; empty for a plain
// up.
std::string purpose_of(const Release& release);

}  // namespace kforge::deploy
