// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "kube/access_parts.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kforge::kube {
namespace {

constexpr std::string_view api_group = "client.authentication.k8s.io/";

// Where a command would be found, as an absolute path; empty when nowhere.
std::string resolved(const std::string& command, const Environment& environment) {
  if (contains(command, "/")) return absolute_path(command, environment.working_directory);
  for (const std::string& folder : split(environment.get_or("PATH", ""), ':'))
    if (!folder.empty() && file_exists(folder + "/" + command)) return absolute_path(command, folder);
  return {};
}

bool is_allowed(const std::string& list, const std::string& command, const Environment& environment) {
  const std::string place = resolved(command, environment);
  const std::vector<std::string> entries = split(list, ',');
  return std::ranges::any_of(entries, [&](const std::string& entry) {
    return entry == command || (!place.empty() && resolved(entry, environment) == place);
  });
}

// spec.cluster of KUBERNETES_EXEC_INFO; empty values are left out.
Json cluster_info(const ClusterAccess& access, const Json& config) {
  const http::Connection& connection = access.connection;
  Json info = {{"server", connection.base_url}};
  if (!connection.tls_server_name.empty()) info["tls-server-name"] = connection.tls_server_name;
  if (connection.insecure_skip_tls_verify) info["insecure-skip-tls-verify"] = true;
  if (connection.ca_pem) info["certificate-authority-data"] = base64_encode(*connection.ca_pem);
  if (connection.proxy_url) info["proxy-url"] = *connection.proxy_url;
  if (connection.disable_compression) info["disable-compression"] = true;
  if (!config.is_null()) info["config"] = config;
  return info;
}

void check_entry(const std::string& named, const ExecEntry& entry, Problems& problems) {
  const bool v1 = entry.api_version == "client.authentication.k8s.io/v1";
  if (entry.command.empty()) problems.push_back(named + ": exec has no command");
  if (entry.api_version.empty())
    problems.push_back(named + ": exec has no apiVersion");
  else if (entry.api_version == "client.authentication.k8s.io/v1alpha1")
    problems.push_back(named + ": exec uses v1alpha1, which no longer exists: update the kubeconfig with its own tool");
  else if (!v1 && entry.api_version != "client.authentication.k8s.io/v1beta1")
    problems.push_back(fmt::format("{}: exec has the unknown apiVersion '{}'", named, printable(entry.api_version)));
  if (v1 && entry.interactive_mode.empty()) problems.push_back(named + ": exec has no interactiveMode");
  const std::string& mode = entry.interactive_mode;
  if (!mode.empty() && mode != "Never" && mode != "IfAvailable" && mode != "Always")
    problems.push_back(
        fmt::format("{}: interactiveMode is Never, IfAvailable or Always, not '{}'", named, printable(mode)));
  if (std::ranges::any_of(entry.environment, [](const auto& variable) { return variable.first.empty(); }))
    problems.push_back(named + ": exec has an env entry without a name");
}

}  // namespace

std::string exec_policy_problem(const std::string& command, const Environment& environment) {
  const std::string policy = environment.get_or("KFORGE_EXEC_PLUGINS", "");
  if (policy.empty()) return {};
  if (policy == "deny")
    return fmt::format("the kubeconfig wants to run '{}', and KFORGE_EXEC_PLUGINS=deny forbids it", printable(command));
  if (!policy.starts_with("allow:") || policy.size() == 6)
    return "KFORGE_EXEC_PLUGINS is 'deny' or 'allow:COMMAND,COMMAND'";
  if (is_allowed(policy.substr(6), command, environment)) return {};
  return fmt::format("the kubeconfig wants to run '{}', which KFORGE_EXEC_PLUGINS does not allow", printable(command));
}

void add_exec(ClusterAccess& access, const ExecEntry& entry, const Environment& environment, Problems& problems) {
  check_entry(fmt::format("user '{}'", access.user), entry, problems);
  if (const std::string problem = exec_policy_problem(entry.command, environment); !problem.empty())
    problems.push_back(problem);
  ExecPlugin plugin{.command = entry.command,
                    .arguments = entry.arguments,
                    .environment = {},
                    .api_version = entry.api_version,
                    .install_hint = entry.install_hint,
                    .interactive_mode = entry.interactive_mode.empty() ? "IfAvailable" : entry.interactive_mode,
                    .provide_cluster_info = entry.provide_cluster_info,
                    .cluster_info = {}};
  for (const auto& [name, value] : entry.environment) plugin.environment[name] = value;  // the last one wins
  if (entry.provide_cluster_info) plugin.cluster_info = cluster_info(access, entry.cluster_config);
  access.exec = std::move(plugin);
}

}  // namespace kforge::kube
