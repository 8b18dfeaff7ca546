// SPDX-License-Identifier: Apache-2.0
#include "cli/on_failure.hpp"

namespace kforge::cli {

void add_on_failure_option(OptionTable& table, std::string& word) {
  table.option({.names = "--on-failure",
                .value = "WHAT",
                .description = "after a bad rollout: keep it to look at, or rollback to the last release that worked; "
                               "default: what `defaults.rollout.onFailure` in kforge.yaml says, keep without it",
                .target = &word,
                .choices = {"keep", "rollback"}});
}

project::OnFailure on_failure(const std::string& word, const project::Project& project) {
  if (word.empty()) return project.defaults.rollout.on_failure;
  return word == "rollback" ? project::OnFailure::rollback : project::OnFailure::keep;
}

}  // namespace kforge::cli
