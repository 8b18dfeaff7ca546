// SPDX-License-Identifier: Apache-2.0
// Who runs this, where, and for which commit: for the lock, the release record, and people who ask.
#pragma once

#include "os/environment.hpp"

#include <functional>
#include <string>

namespace kforge::deploy {

struct Origin {
  std::string user, host;
  std::string url;             // of the CI job
  std::string commit, branch;  // of the project's folder, or what CI says
  std::string process;         // this process, unique on its machine; see os/process_identity.hpp
  // Whether the process of such a text has ended for certain.
  std::function<bool(const std::string& process)> has_ended{};

  std::string by() const;  // "ci@runner-7"
};

// From the variables of GitHub Actions, GitLab CI, Jenkins, CircleCI, Buildkite, Azure Pipelines and Bitbucket, the
// user's name, and the Git repository around `project_directory`.
Origin origin_of(const Environment& environment, const std::string& project_directory);

}  // namespace kforge::deploy
