// SPDX-License-Identifier: Apache-2.0
#include "cli/change_options.hpp"

#include "cli/services.hpp"
#include "deploy/immutable.hpp"

namespace kforge::cli {

bool ChangeOptions::any() const {
  return !services.empty() || !recreate.empty() || !prune.empty() || force_conflicts || adopt || no_prune ||
         allow_mass_prune;
}

void add_change_options(OptionTable& table, ChangeOptions& options) {
  table.argument({.name = "SERVICE",
                  .description = "services to deploy; default: the whole project",
                  .target = &options.services,
                  .complete = Complete::service});
  table.option({.names = "--force-conflicts",
                .value = "",
                .description = "take over fields that other field managers own",
                .target = &options.force_conflicts});
  table.option({.names = "--adopt",
                .value = "",
                .description = "manage objects that exist already and belong to nobody",
                .target = &options.adopt});
  table.option({.names = "--recreate",
                .value = "KIND/NAME",
                .description = "delete this object and make it again, as fields of it cannot be changed; repeatable",
                .target = &options.recreate});
  table.option(
      {.names = "--prune",
       .value = "KIND/NAME",
       .description = "delete this object, which holds data and is not in the project file any more; repeatable",
       .target = &options.prune});
  table.option({.names = "--no-prune",
                .value = "",
                .description = "leave what is not in the project file any more",
                .target = &options.no_prune});
  table.option({.names = "--allow-mass-prune",
                .value = "",
                .description = "delete even when it is most of the project",
                .target = &options.allow_mass_prune});
  add_cluster_options(table, options.cluster);
}

deploy::UpRequest change_request(const ChangeOptions& options, Session& session) {
  deploy::check_object_names("--recreate", options.recreate);
  deploy::check_object_names("--prune", options.prune);
  if (!options.prune.empty() && (options.no_prune || !options.services.empty()))
    throw Error(ErrorKind::usage, "--prune needs the whole project")
        .hint("leave out the services, and --no-prune: a run for some services deletes nothing");
  deploy::UpRequest request;
  request.services = services_named(session.project(), options.services);
  request.timeout = session.settings().timeout.value_or(request.timeout);
  request.force_conflicts = options.force_conflicts;
  request.recreate = options.recreate;
  request.adopt = options.adopt;
  request.prune = options.prune;
  request.no_prune = options.no_prune;
  request.allow_mass_prune = options.allow_mass_prune;
  request.cluster = cluster_guard(session, options.cluster);
  return request;
}

}  // namespace kforge::cli
