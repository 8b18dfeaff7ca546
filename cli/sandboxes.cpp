// SPDX-License-Identifier: Apache-2.0
#include "cli/sandboxes.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/state_folder.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

namespace kforge::cli {
namespace {

// The serving process is a program of its own and needs nothing of the caller's environment but what makes it run.
std::map<std::string, std::string, std::less<>> plain_environment(const Environment& environment) {
  std::map<std::string, std::string, std::less<>> kept;
  for (const char* name : {"HOME", "PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"})
    if (const auto value = environment.get(name)) kept[name] = *value;
  return kept;
}

std::string last_line_of_log(const sandbox::Home& home) {
  const std::vector<std::string> lines = split(trim(read_file(home.log()).value_or("")), '\n');
  return lines.empty() ? std::string() : printable(lines.back());
}

// The flag that names a cluster, as it was typed; empty when none was.
std::string typed_cluster(const GlobalOptions& globals) {
  const kube::ConnectionFlags& flags = globals.connection;
  for (const auto& [option, value] : {std::pair{"--kubeconfig", &flags.kubeconfig},
                                      {"--context", &flags.context},
                                      {"--cluster", &flags.cluster},
                                      {"--user", &flags.user},
                                      {"--server", &flags.server}})
    if (!value->empty() && globals.source_of(option) == option) return option;
  return {};
}

}  // namespace

sandbox::Home sandbox_home(Session& session, const std::string& name) {
  const Environment& environment = session.deps().environment;
  std::string chosen = name;
  if (chosen.empty()) chosen = session.near_project() ? session.project().name : "default";
  if (!is_dns_label(chosen))
    throw Error(ErrorKind::usage, fmt::format("'{}' is not a name for a sandbox", chosen))
        .hint("use lower case letters, digits and '-'");
  return {chosen, fmt::format("{}/sandbox/{}", state_folder(environment), chosen)};
}

StartedSandbox start_sandbox(const Deps& deps, const sandbox::Home& home, const std::string& speed) {
  make_directories(home.folder, 0700);
  const auto one_starter = sandbox::FileLock::take(home.path("start.lock"));
  if (const auto running = sandbox::serving(home)) return {*running, false};
  ProcessRequest request;
  request.command = "/proc/self/exe";
  request.arguments = {"__sandbox", home.name, home.folder, speed.empty() ? "1" : speed};
  request.environment = plain_environment(deps.environment);
  const ProcessResult result = deps.processes.run(request);
  const auto running = sandbox::serving(home);
  if (result.end != ProcessResult::End::exited || result.code != 0 || !running)
    throw Error(ErrorKind::internal, fmt::format("sandbox '{}' did not start", home.name))
        .why(last_line_of_log(home))
        .hint(fmt::format("its log is {}", home.log()));
  return {*running, true};
}

bool is_for_sandbox(const GlobalOptions& globals) {
  const bool typed = globals.source_of("--sandbox") == "--sandbox";
  return globals.sandbox && (typed || typed_cluster(globals).empty());
}

kube::ConnectionFlags sandbox_connection(Session& session, const GlobalOptions& globals) {
  if (const std::string option = typed_cluster(globals); !option.empty())
    throw Error(ErrorKind::usage, fmt::format("--sandbox and {} name two clusters", option)).hint("give one of them");
  const sandbox::Home home = sandbox_home(session, "");
  if (start_sandbox(session.deps(), home).new_process)
    session.note(fmt::format("started sandbox '{}'; `kforge sandbox stop` ends it\n", home.name));
  kube::ConnectionFlags flags;
  flags.kubeconfig = home.kubeconfig();
  flags.name_space = globals.connection.name_space;
  flags.impersonate_user = globals.connection.impersonate_user;
  flags.impersonate_groups = globals.connection.impersonate_groups;
  return flags;
}

}  // namespace kforge::cli
