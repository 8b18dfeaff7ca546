// SPDX-License-Identifier: Apache-2.0
// Writing values into kforge.yaml for --save.
#pragma once

#include "project/project.hpp"

#include <string>
#include <vector>

namespace kforge::project {

struct Setting {
  std::vector<std::string> path;  // {"services", "web", "replicas"}, as without environments
  Json value;                     // null: the key has to go
};

struct FileText {
  std::string shown;  // to people
  std::string text;
};
// The text of a project file in which the values hold for the environment of the project: in its overlay when one is
// chosen, so that others keep theirs, otherwise at the top. Throws Error{guard_refused} when a value comes from a
// variable, or when the file cannot be edited there.
std::string with_settings(const Project& project, const FileText& file, const std::vector<Setting>& settings);

}  // namespace kforge::project
