// SPDX-License-Identifier: Apache-2.0
// Kubeconfig files as they stand: read, merged, not yet judged (client-go tools/clientcmd/loader.go).
#pragma once

#include "base/json.hpp"
#include "base/secret.hpp"
#include "kube/kubeconfig.hpp"
#include "os/environment.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::kube {

// Paths are absolute: relative ones count from the folder of the file that holds the entry (`origin`).
struct ClusterEntry {
  std::string origin;
  std::string server, tls_server_name, certificate_authority, certificate_authority_data, proxy_url;
  bool insecure_skip_tls_verify = false, disable_compression = false;
  Json exec_config;  // the extension client.authentication.k8s.io/exec, passed to the plugin as it is
};

struct ExecEntry {
  std::string command, api_version, install_hint, interactive_mode;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  bool provide_cluster_info = false;
  Json cluster_config;  // ClusterEntry::exec_config of the cluster it is used for
};

struct AuthProviderEntry {
  std::string name;
  std::map<std::string, Secret, std::less<>> config;
};

struct UserEntry {
  std::string origin;
  std::string client_certificate, client_certificate_data, client_key;
  Secret client_key_data, token, password;
  std::string token_file, username;
  Impersonation impersonation;
  std::optional<ExecEntry> exec;
  std::optional<AuthProviderEntry> auth_provider;
};

struct ContextEntry {
  std::string origin, cluster, user, name_space;
};

struct Kubeconfig {
  std::map<std::string, ClusterEntry> clusters;
  std::map<std::string, UserEntry> users;
  std::map<std::string, ContextEntry> contexts;
  std::string current_context;
  std::vector<std::string> files;     // read, in order
  std::vector<std::string> problems;  // of the files themselves: unreadable, bad YAML, duplicate names
  std::vector<std::string> warnings;

  bool empty() const { return clusters.empty() && users.empty() && contexts.empty() && current_context.empty(); }
};

// --kubeconfig FILE alone; else the files of $KUBECONFIG; else ~/.kube/config. Never throws: problems are collected.
Kubeconfig read_kubeconfig(const std::string& file_flag, const Environment& environment);

}  // namespace kforge::kube
