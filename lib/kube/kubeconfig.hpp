// SPDX-License-Identifier: Apache-2.0
// Which cluster, as whom: exactly as kubectl reads it (client-go tools/clientcmd).
#pragma once

#include "base/duration.hpp"
#include "base/json.hpp"
#include "base/secret.hpp"
#include "http/transport.hpp"
#include "os/environment.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kforge::kube {

// The command line's word; empty means not given.
struct ConnectionFlags {
  std::string kubeconfig, context, cluster, user, server, name_space;
  std::string certificate_authority, client_certificate, client_key, tls_server_name, token_file, proxy_url;
  bool insecure_skip_tls_verify = false;
  std::string impersonate_user, impersonate_uid;
  std::vector<std::string> impersonate_groups;
};

struct ExecPlugin {
  std::string command;
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;
  std::string api_version, install_hint, interactive_mode;
  bool provide_cluster_info = false;
  Json cluster_info;  // spec.cluster for KUBERNETES_EXEC_INFO
};

enum class AuthMethod { none, token, client_certificate, exec, basic };
std::string_view to_string(AuthMethod method);  // "token", "client-certificate", …

struct Impersonation {
  std::string user, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
};

// A usable description of one cluster and one identity, after merge, overrides and validation.
struct ClusterAccess {
  http::Connection connection;
  std::string context, cluster, user, name_space = "default";
  AuthMethod method = AuthMethod::none;
  std::optional<Secret> token;
  std::string token_file;                // read again every 50 s, as such tokens rotate; wins over `token`
  std::optional<WallTime> token_expiry;  // of an OpenID Connect id-token
  std::optional<Secret> basic;           // "user:password"
  std::optional<ExecPlugin> exec;
  Impersonation impersonation;
  std::string ca_source;              // "file /path", "inline", "system /etc/ssl/…", "none (insecure)"
  std::vector<std::string> sources;   // kubeconfig files read, or "in-cluster"
  std::vector<std::string> warnings;  // file modes, insecure, …
};

// Where Kubernetes puts the token, the CA and the namespace of a pod's account.
inline constexpr std::string_view service_account_directory = "/var/run/secrets/kubernetes.io/serviceaccount";

// `project_context` is kubernetes.context of kforge.yaml, used when --context is not given.
// Throws Error{unreachable} listing every problem of the kubeconfig.
ClusterAccess load_access(const ConnectionFlags& flags, const std::string& project_context,
                          const Environment& environment,
                          const std::string& service_account = std::string(service_account_directory));

// `kforge config view-connection -o json`: server, context, cluster, user, namespace, auth, tls, sources. Never a
// secret.
Json describe(const ClusterAccess& access);

}  // namespace kforge::kube
