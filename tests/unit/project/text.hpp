// SPDX-License-Identifier: Apache-2.0
// Project files as texts, loaded without a file.
#pragma once

#include "base/diagnostics.hpp"
#include "project/project.hpp"

#include <map>
#include <string>
#include <vector>

namespace kforge::tests {

struct Situation {
  std::string environment_name;                         // --environment
  std::map<std::string, std::string> variables;         // of the process
  std::string directory = "/nonexistent/kforge-tests";  // that paths count from
};

project::Project load(const std::string& text, const Situation& situation = {});
// "line:column error: message" of every problem, warnings included; also of a file that loads.
std::vector<std::string> problems_of(const std::string& text, const Situation& situation = {});
// The hint of the only problem.
std::string hint_of(const std::string& text, const Situation& situation = {});

// apiVersion, project and one service 'a' with a port, and `more` below them.
std::string small(const std::string& more = {});
// The same with `keys` in the service, such as "scale: {min: 3}".
std::string with_service_keys(const std::string& keys);

// Everything a project says, for comparing two.
Json dump(const project::Project& project);

}  // namespace kforge::tests
