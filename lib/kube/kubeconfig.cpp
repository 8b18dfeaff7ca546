// SPDX-License-Identifier: Apache-2.0
// From flags and files to one usable ClusterAccess (client-go tools/clientcmd/client_config.go).
#include "kube/kubeconfig.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "kube/access_parts.hpp"
#include "kube/kubeconfig_file.hpp"
#include "os/files.hpp"

#include <fmt/format.h>

namespace kforge::kube {
namespace {

// The chosen context with its cluster and user, the flags not yet applied.
struct Selection {
  std::string context, cluster, user;
  ContextEntry context_entry;
  ClusterEntry cluster_entry;
  UserEntry user_entry;
};

template <class Map>
std::vector<std::string> names_of(const Map& entries) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries) names.push_back(name);
  return names;
}

// "; available: a, b" or ", did you mean 'a'?"
template <class Map>
std::string alternatives(const std::string& name, const Map& entries) {
  const std::vector<std::string> names = names_of(entries);
  if (const std::string hint = did_you_mean(name, names); !hint.empty() && !name.empty()) return "; " + hint;
  return names.empty() ? "" : "; available: " + join(names, ", ");
}

std::string context_name(const Kubeconfig& config, const ConnectionFlags& flags, const std::string& project_context) {
  if (!flags.context.empty()) return flags.context;
  return project_context.empty() ? config.current_context : project_context;
}

void select_context(Selection& selection, const Kubeconfig& config, const ConnectionFlags& flags, Problems& problems) {
  if (selection.context.empty()) {
    if (flags.server.empty() && flags.cluster.empty())
      problems.push_back("no context is selected" + alternatives("", config.contexts) + " (use --context)");
    return;
  }
  const auto found = config.contexts.find(selection.context);
  if (found == config.contexts.end())
    problems.push_back(
        fmt::format("there is no context '{}'{}", selection.context, alternatives(selection.context, config.contexts)));
  else
    selection.context_entry = found->second;
}

// A name from a flag must exist; a name from the context too, but then the file is to blame.
template <class Map, class Entry>
void select_entry(const Map& entries, const std::string& name, const std::string& from, Entry& entry,
                  Problems& problems) {
  const auto found = entries.find(name);
  if (found != entries.end())
    entry = found->second;
  else
    problems.push_back(fmt::format(fmt::runtime(from), name) + alternatives(name, entries));
}

void select_cluster(Selection& selection, const Kubeconfig& config, const ConnectionFlags& flags, Problems& problems) {
  const ContextEntry& context = selection.context_entry;
  if (!flags.cluster.empty()) {
    selection.cluster = flags.cluster;
    return select_entry(config.clusters, flags.cluster, "there is no cluster '{}'", selection.cluster_entry, problems);
  }
  selection.cluster = context.cluster;
  if (context.origin.empty()) return;
  if (context.cluster.empty() && flags.server.empty())
    problems.push_back(fmt::format("context '{}' (in {}) names no cluster", selection.context, context.origin));
  else if (!context.cluster.empty())
    select_entry(config.clusters, context.cluster,
                 fmt::format("context '{}' (in {}) refers to cluster '{{}}', which no loaded file defines",
                             selection.context, context.origin),
                 selection.cluster_entry, problems);
}

void select_user(Selection& selection, const Kubeconfig& config, const ConnectionFlags& flags, Problems& problems) {
  const ContextEntry& context = selection.context_entry;
  selection.user = flags.user.empty() ? context.user : flags.user;
  if (!flags.user.empty())
    return select_entry(config.users, flags.user, "there is no user '{}'", selection.user_entry, problems);
  if (!context.user.empty())
    select_entry(config.users, context.user,
                 fmt::format("context '{}' (in {}) refers to user '{{}}', which no loaded file defines",
                             selection.context, context.origin),
                 selection.user_entry, problems);
}

// Either CA flag or the insecure flag replaces all three of the file; --server clears its tls-server-name.
void override_cluster(ClusterEntry& entry, const ConnectionFlags& flags, const Environment& environment) {
  if (!flags.server.empty()) {
    entry.server = flags.server;
    entry.tls_server_name.clear();
  }
  if (!flags.tls_server_name.empty()) entry.tls_server_name = flags.tls_server_name;
  if (!flags.proxy_url.empty()) entry.proxy_url = flags.proxy_url;
  if (flags.certificate_authority.empty() && !flags.insecure_skip_tls_verify) return;
  entry.certificate_authority_data.clear();
  entry.certificate_authority = flags.certificate_authority.empty()
                                    ? ""
                                    : absolute_path(flags.certificate_authority, environment.working_directory);
  entry.insecure_skip_tls_verify = flags.insecure_skip_tls_verify;
}

void override_user(UserEntry& entry, const ConnectionFlags& flags, const Environment& environment) {
  if (!flags.token_file.empty()) {  // takes the place of every other way to say who we are but a certificate
    entry.token_file = absolute_path(flags.token_file, environment.working_directory);
    entry.token = entry.password = Secret();
    entry.username.clear();
  }
  if (!flags.client_certificate.empty()) {
    entry.client_certificate = absolute_path(flags.client_certificate, environment.working_directory);
    entry.client_certificate_data.clear();
  }
  if (!flags.client_key.empty()) {
    entry.client_key = absolute_path(flags.client_key, environment.working_directory);
    entry.client_key_data = Secret();
  }
  Impersonation& as = entry.impersonation;
  if (!flags.impersonate_user.empty()) as.user = flags.impersonate_user;
  if (!flags.impersonate_uid.empty()) as.uid = flags.impersonate_uid;
  if (!flags.impersonate_groups.empty()) as.groups = flags.impersonate_groups;
}

std::string without_prefix(const std::string& name_space) {
  for (const std::string_view prefix : {"namespaces/", "namespace/", "ns/"})
    if (name_space.starts_with(prefix)) return name_space.substr(prefix.size());
  return name_space;
}

struct Places {
  const Environment& environment;
  const std::string& service_account;
};

std::string choose_namespace(const ConnectionFlags& flags, const std::string& of_context, const Places& places) {
  if (!flags.name_space.empty()) return without_prefix(flags.name_space);
  if (!of_context.empty()) return of_context;
  if (in_cluster_available(places.environment, places.service_account)) {
    if (places.environment.has("POD_NAMESPACE")) return *places.environment.get("POD_NAMESPACE");
    Problems ignored;
    const std::string text = read_named(places.service_account + "/namespace", "", ignored);
    if (!trim(text).empty()) return std::string(trim(text));
  }
  return "default";
}

void check_namespace(const ClusterAccess& access, const ConnectionFlags& flags, Problems& problems) {
  if (is_dns_label(access.name_space)) return;
  const std::string place = flags.name_space.empty() ? fmt::format("context '{}'", access.context) : "--namespace";
  problems.push_back(fmt::format("{}: '{}' is not a namespace's name", place, printable(access.name_space)));
}

// The way of client-go for servers without TLS: nothing that could be read along is sent.
void drop_credentials_without_tls(ClusterAccess& access) {
  if (!access.connection.base_url.starts_with("http://") || access.method == AuthMethod::none) return;
  access.warnings.push_back(access.connection.base_url + " is not encrypted: no credentials are sent");
  access.method = AuthMethod::none;
  access.token.reset();
  access.token_file.clear();
  access.basic.reset();
  access.exec.reset();
  access.connection.client_certificate_pem.reset();
  access.connection.client_key_pem.reset();
}

[[noreturn]] void throw_problems(const Problems& problems) {
  if (problems.size() == 1) throw Error(ErrorKind::unreachable, problems.front());
  throw Error(ErrorKind::unreachable, fmt::format("the kubeconfig has {} problems", problems.size()))
      .why(join(problems, "\n"));
}

void add_selected(ClusterAccess& access, const Kubeconfig& config, const ConnectionFlags& flags, const Places& places,
                  Problems& problems) {
  Selection selection;
  selection.context = access.context;
  select_context(selection, config, flags, problems);
  select_cluster(selection, config, flags, problems);
  select_user(selection, config, flags, problems);
  access.cluster = selection.cluster;
  access.user = selection.user;
  access.name_space = choose_namespace(flags, selection.context_entry.name_space, places);
  check_namespace(access, flags, problems);
  if (!problems.empty()) return;  // what follows would only repeat them
  override_cluster(selection.cluster_entry, flags, places.environment);
  override_user(selection.user_entry, flags, places.environment);
  if (selection.user_entry.exec) selection.user_entry.exec->cluster_config = selection.cluster_entry.exec_config;
  add_cluster(access, selection.cluster_entry, places.environment, problems);
  add_user(access, selection.user_entry, places.environment, problems);
}

}  // namespace

ClusterAccess load_access(const ConnectionFlags& flags, const std::string& project_context,
                          const Environment& environment, const std::string& service_account) {
  const Kubeconfig config = read_kubeconfig(flags.kubeconfig, environment);
  const Places places{environment, service_account};
  if (!config.problems.empty()) throw_problems(config.problems);  // what follows would only be consequences
  Problems problems;
  ClusterAccess access;
  access.context = context_name(config, flags, project_context);
  access.sources = config.files;
  access.warnings = config.warnings;
  const bool nothing =
      config.empty() && access.context.empty() && flags.server.empty() && flags.cluster.empty() && flags.user.empty();
  if (nothing && !in_cluster_available(environment, service_account))
    throw Error(ErrorKind::unreachable, "no cluster is configured")
        .why("looked at $KUBECONFIG, ~/.kube/config and the service account of a pod")
        .hint("set KUBECONFIG or --kubeconfig to the kubeconfig of your cluster");
  if (nothing) {
    access.name_space = choose_namespace(flags, "", places);
    add_in_cluster(access, flags, service_account, environment, problems);
  } else {
    add_selected(access, config, flags, places, problems);
  }
  if (!problems.empty()) throw_problems(problems);
  drop_credentials_without_tls(access);
  return access;
}

std::string_view to_string(AuthMethod method) {
  switch (method) {
    case AuthMethod::none:
      return "none";
    case AuthMethod::token:
      return "token";
    case AuthMethod::client_certificate:
      return "client-certificate";
    case AuthMethod::exec:
      return "exec";
    case AuthMethod::basic:
      return "basic";
  }
  return "none";
}

Json describe(const ClusterAccess& access) {
  const http::Connection& connection = access.connection;
  return {{"server", http::without_userinfo(connection.base_url)},
          {"context", access.context},
          {"cluster", access.cluster},
          {"user", access.user},
          {"namespace", access.name_space},
          {"auth", to_string(access.method)},
          {"tls",
           {{"insecure", connection.insecure_skip_tls_verify},
            {"serverName", connection.tls_server_name},
            {"caSource", access.ca_source}}},
          {"sources", access.sources}};
}

}  // namespace kforge::kube
