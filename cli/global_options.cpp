// SPDX-License-Identifier: Apache-2.0
#include "cli/global_options.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

void add_project_options(OptionTable& table, GlobalOptions& globals) {
  table.option({.names = "-f,--file",
                .value = "PATH",
                .description = "project file; default: kforge.yaml here or in the nearest parent folder",
                .target = &globals.file,
                .variable = "KFORGE_FILE",
                .complete = Complete::file});
  table.option({.names = "-e,--environment",
                .value = "NAME",
                .description = "overlay of the project file to use",
                .target = &globals.environment,
                .variable = "KFORGE_ENVIRONMENT"});
}

void add_output_options(OptionTable& table, GlobalOptions& globals) {
  const std::string group = "output options";
  table.option({.names = "-o,--output",
                .value = "FORMAT",
                .description = "format of the result on stdout",
                .target = &globals.output,
                .group = group,
                .variable = "KFORGE_OUTPUT",
                .choices = {"text", "json", "yaml", "raw"}});
  table.option({.names = "--color",
                .value = "WHEN",
                .description = "use colours",
                .target = &globals.colour,
                .group = group,
                .variable = "KFORGE_COLOR",
                .choices = {"auto", "always", "never"}});
  table.option({.names = "--progress",
                .value = "KIND",
                .description = "how to show progress on stderr",
                .target = &globals.progress,
                .group = group,
                .variable = "KFORGE_PROGRESS",
                .choices = {"auto", "live", "plain", "json", "quiet"}});
  table.option({.names = "--events",
                .value = "PATH",
                .description = "write every event as a line of JSON to a file, or to stdout with '-'",
                .target = &globals.events,
                .group = group,
                .variable = "KFORGE_EVENTS",
                .complete = Complete::file});
  table.option({.names = "-q,--quiet",
                .value = "",
                .description = "no progress, only results and errors",
                .target = &globals.quiet,
                .group = group,
                .variable = "KFORGE_QUIET"});
  table.option({.names = "-v,--verbose",
                .value = "",
                .description = "more detail: pods, every cause, whole logs",
                .target = &globals.verbose,
                .group = group,
                .variable = "KFORGE_VERBOSE"});
}

void add_run_options(OptionTable& table, GlobalOptions& globals) {
  table.option({.names = "--timeout",
                .value = "DURATION",
                .description = "longest time for the whole run, such as 90s or 10m",
                .target = &globals.timeout,
                .variable = "KFORGE_TIMEOUT"});
  table.option({.names = "-y,--yes",
                .value = "",
                .description = "do not ask for confirmation",
                .target = &globals.yes,
                .variable = "KFORGE_YES"});
}

struct ConnectionRow {
  const char *names, *value, *description;
  std::string kube::ConnectionFlags::*target;
  const char* variable;
  Complete complete = Complete::nothing;
};
constexpr ConnectionRow connection_rows[] = {
    {"--kubeconfig", "PATH", "kubeconfig file; default: $KUBECONFIG, ~/.kube/config",
     &kube::ConnectionFlags::kubeconfig, "KFORGE_KUBECONFIG", Complete::file},
    {"--context", "NAME", "context of the kubeconfig", &kube::ConnectionFlags::context, "KFORGE_CONTEXT"},
    {"--cluster", "NAME", "cluster of the kubeconfig", &kube::ConnectionFlags::cluster, "KFORGE_CLUSTER"},
    {"--user", "NAME", "user of the kubeconfig", &kube::ConnectionFlags::user, "KFORGE_USER"},
    {"-s,--server", "URL", "address of the API server", &kube::ConnectionFlags::server, "KFORGE_SERVER"},
    {"-n,--namespace", "NAME", "default namespace of the connection", &kube::ConnectionFlags::name_space,
     "KFORGE_NAMESPACE"},
    {"--token-file", "PATH", "file with a bearer token", &kube::ConnectionFlags::token_file, "KFORGE_TOKEN_FILE",
     Complete::file},
    {"--certificate-authority", "PATH", "file with the certificates to trust",
     &kube::ConnectionFlags::certificate_authority, "KFORGE_CERTIFICATE_AUTHORITY", Complete::file},
    {"--client-certificate", "PATH", "file with the client certificate", &kube::ConnectionFlags::client_certificate,
     "KFORGE_CLIENT_CERTIFICATE", Complete::file},
    {"--client-key", "PATH", "file with the client key", &kube::ConnectionFlags::client_key, "KFORGE_CLIENT_KEY",
     Complete::file},
    {"--tls-server-name", "NAME", "name to expect in the server's certificate", &kube::ConnectionFlags::tls_server_name,
     "KFORGE_TLS_SERVER_NAME"},
    {"--as", "USER", "act as another user", &kube::ConnectionFlags::impersonate_user, "KFORGE_AS"},
    {"--as-uid", "UID", "uid of that user", &kube::ConnectionFlags::impersonate_uid, "KFORGE_AS_UID"},
};

void add_connection_options(OptionTable& table, GlobalOptions& globals) {
  const std::string group = "connection options";
  table.option({.names = "--sandbox",
                .value = "",
                .description = "use the project's sandbox as the cluster; it is started when it does not run",
                .target = &globals.sandbox,
                .group = group,
                .variable = "KFORGE_SANDBOX"});
  for (const ConnectionRow& row : connection_rows)
    table.option({.names = row.names,
                  .value = row.value,
                  .description = row.description,
                  .target = &(globals.connection.*row.target),
                  .group = group,
                  .variable = row.variable,
                  .complete = row.complete});
  table.option({.names = "--as-group",
                .value = "GROUP",
                .description = "act as a member of the group; may be repeated",
                .target = &globals.connection.impersonate_groups,
                .group = group,
                .variable = "KFORGE_AS_GROUP"});
  // No variable: what turns verification off must stand where the run is started.
  table.option({.names = "--insecure-skip-tls-verify",
                .value = "",
                .description = "do not verify the server's certificate (dangerous)",
                .target = &globals.connection.insecure_skip_tls_verify,
                .group = group});
}

Output output_of(const std::string& word) {
  return word == "json" ? Output::json : word == "yaml" ? Output::yaml : word == "raw" ? Output::raw : Output::text;
}

Progress progress_of(const GlobalOptions& globals) {
  if (globals.quiet) return Progress::quiet;
  if (globals.progress == "live") return Progress::live;
  if (globals.progress == "plain") return Progress::plain;
  if (globals.progress == "json") return Progress::json;
  return globals.progress == "quiet" ? Progress::quiet : Progress::automatic;
}

}  // namespace

std::string GlobalOptions::source_of(const std::string& option) const {
  const auto found = from_environment.find(option);
  return found == from_environment.end() ? option : found->second;
}

OptionTable global_table(GlobalOptions& globals) {
  OptionTable table;
  add_project_options(table, globals);
  add_run_options(table, globals);
  add_output_options(table, globals);
  add_connection_options(table, globals);
  table.option({.names = "-h,--help", .value = "", .description = "show help", .target = &globals.help});
  table.option({.names = "--version", .value = "", .description = "show the version", .target = &globals.version});
  return table;
}

Settings resolve(const GlobalOptions& globals) {
  Settings settings;
  settings.output = output_of(globals.output);
  settings.colour = ui::parse_colour_mode(globals.colour).value_or(ui::ColourMode::automatic);
  settings.progress = progress_of(globals);
  settings.events = globals.events;
  settings.detail = globals.verbose ? ui::Detail::full : ui::Detail::brief;
  settings.yes = globals.yes;
  if (!globals.timeout.empty()) {
    settings.timeout = parse_duration(globals.timeout);
    if (!settings.timeout || settings.timeout->count() == 0)
      throw Error(ErrorKind::usage,
                  fmt::format("{}: '{}' is not a duration", globals.source_of("--timeout"), globals.timeout))
          .hint("write it as 90s, 10m or 1h30m");
  }
  if (settings.events == "-" && settings.output != Output::text)
    throw Error(ErrorKind::usage, fmt::format("{} - and {} both write to stdout", globals.source_of("--events"),
                                              globals.source_of("--output")))
        .hint("write the events to a file: --events events.ndjson");
  return settings;
}

}  // namespace kforge::cli
