// SPDX-License-Identifier: Apache-2.0
// What the commands that change a running project in place have in common: options, the run, --save.
#pragma once

#include "cli/lock_options.hpp"
#include "cli/options.hpp"
#include "cli/session.hpp"
#include "deploy/verb_run.hpp"

#include <string>
#include <vector>

namespace kforge::cli {

struct VerbOptions {
  LockChoice lock;
  bool no_wait = false, save = false;
};
enum class Saves { no, yes };
// --no-wait, those of the lock, and --save for verbs that set something the project file says.
void add_verb_options(OptionTable& table, VerbOptions& options, Saves saves);

// The request of a verb for services by their full names; its words are these, or what the caller puts there.
deploy::VerbRequest verb_request(Session& session, const std::string& command, std::vector<std::string> services,
                                 const VerbOptions& options);

// Runs it with the views of `up`, writes the project file when --save was given, and returns the exit code. Whether the
// file can be edited is found out before the cluster is changed.
int run_verb(Session& session, const deploy::VerbRequest& request, const VerbOptions& options,
             const deploy::MakeEdits& make);

// Services as typed; "all", or nothing, are the services of the project without database, auth and gateway.
std::vector<std::string> services_or_all(const project::Project& project, const std::vector<std::string>& typed);

// "order=v" split at its first '='. Throws Error{usage} that shows the form, such as "SERVICE=IMAGE".
std::pair<std::string, std::string> assignment(const std::string& text, const std::string& form);

}  // namespace kforge::cli
