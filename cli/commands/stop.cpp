// SPDX-License-Identifier: Apache-2.0
// stop and start, pause and resume: pairs that take each other back.
#include "cli/commands/commands.hpp"
#include "cli/services.hpp"
#include "cli/verbs.hpp"

#include <functional>
#include <memory>

namespace kforge::cli {
namespace {

struct PairOptions {
  std::vector<std::string> services;
  VerbOptions verb;
};
using EditsOf = deploy::Edits (*)(const project::Project& project, const deploy::RunningService& service);

deploy::Edits paused(const project::Project&, const deploy::RunningService& service) {
  return deploy::pause_edits(service, deploy::Pause::yes);
}
deploy::Edits resumed(const project::Project&, const deploy::RunningService& service) {
  return deploy::pause_edits(service, deploy::Pause::no);
}

struct Verb {
  const char* name;
  const char* argument;  // what is said about SERVICE
  EditsOf edits;
  deploy::Wait wait = deploy::Wait::yes;
};
constexpr Verb stop{"stop", "services to stop, or 'all'", deploy::stop_edits};
constexpr Verb start{"start", "services to start, or 'all'", deploy::start_edits};
constexpr Verb pause{"pause", "services whose rollout stands still, or 'all'", paused, deploy::Wait::no};
constexpr Verb resume{"resume", "services whose rollout goes on, or 'all'", resumed};

int run(Session& session, const Verb& verb, const PairOptions& options) {
  const project::Project& project = session.project();
  deploy::VerbRequest request =
      verb_request(session, verb.name, services_or_all(project, options.services), options.verb);
  if (verb.wait == deploy::Wait::no) request.wait = deploy::Wait::no;
  return run_verb(session, request, options.verb, [&](const deploy::Running& running) {
    deploy::Edits edits;
    for (const deploy::RunningService& service : running.services())
      for (deploy::Edit& edit : verb.edits(project, service)) edits.push_back(std::move(edit));
    return edits;
  });
}

Action bind(OptionTable& table, const Verb& verb) {
  const auto options = std::make_shared<PairOptions>();
  table.argument({.name = "SERVICE",
                  .description = verb.argument,
                  .target = &options->services,
                  .required = true,
                  .complete = Complete::service});
  add_verb_options(table, options->verb, Saves::no);
  return [options, &verb](Session& session) { return run(session, verb, *options); };
}

}  // namespace

Action bind_stop(OptionTable& table) {
  return bind(table, stop);
}
Action bind_start(OptionTable& table) {
  return bind(table, start);
}
Action bind_pause(OptionTable& table) {
  return bind(table, pause);
}
Action bind_resume(OptionTable& table) {
  return bind(table, resume);
}

}  // namespace kforge::cli
